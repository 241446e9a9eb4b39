import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a box that is a file of this computer, named from `folder`; undefined for an address. A drive is none. */
export const boxFileIn = (folder: string, place: string): string | undefined => {
  if (/^file:/i.test(place)) return fileURLToPath(place);
  return /^[a-z][a-z0-9+.-]+:/i.test(place) ? undefined : resolve(folder, place);
};
