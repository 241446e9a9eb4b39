import path, { type PlatformPath } from 'node:path';

/** `C:\` is a drive: schemes have two letters or more. */
const isUrl = (url: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(url);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The path of the file that box.url names; undefined for a box that is fetched. As Vagrant reads it
 * (lib/vagrant/action/builtin/box_add.rb): what follows `file://` is a path as well, and paths count from the lab folder.
 */
export const boxPath = (
  url: string,
  folder: string,
  { resolve, sep }: Pick<PlatformPath, 'resolve' | 'sep'> = path,
): string | undefined => {
  const [, written] = /^file:\/\/(?:localhost(?=\/))?(.*)$/i.exec(url) ?? [];
  if (written === undefined) return isUrl(url) ? undefined : resolve(folder, url);
  const plain = decoded(written);
  return resolve(folder, sep === '\\' ? plain.replace(/^\/(?=[a-z]:)/i, '') : plain);
};
