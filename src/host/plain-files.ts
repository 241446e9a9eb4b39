import type { Stats } from 'node:fs';
import { InputError } from '../model/errors.js';

/** What lies in a folder. Of a stranger's only plain files and folders are of use; what is said about the others. */
export type Kind = 'file' | 'folder' | 'link' | 'pipe' | 'socket' | 'device';

/** By what it is itself, not what it leads to. */
export const kindIn = (found: Stats): Kind => {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  if (found.isSymbolicLink()) return 'link';
  if (found.isFIFO()) return 'pipe';
  return found.isSocket() ? 'socket' : 'device';
};

export const notPlain = (path: string, what: 'file' | 'folder', kind: string): InputError =>
  new InputError(`${path} is not a plain ${what} but a ${kind}.`, {
    hint:
      kind === 'link'
        ? `Nothing below a lab folder is read or written through a link. Put the ${what} itself there instead.`
        : 'Move it away, and run the same command again.',
  });

const shownBytes = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Math.floor(bytes / 1024)} KiB`;

export const tooLarge = (path: string, most: number): InputError =>
  new InputError(`${path} is larger than the ${shownBytes(most)} that such a file may have.`, {
    hint: 'Is this the right file?',
  });
