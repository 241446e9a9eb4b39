import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../host/files.js';
import { InputError } from '../../model/errors.js';

/** A link could bring in any file of this computer, or lead nowhere in the machine. */
const firstOddity = async (folder: string): Promise<string | undefined> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const below = await firstOddity(path);
      if (below !== undefined) return below;
    } else if (!entry.isFile()) return path;
  }
  return undefined;
};

/** Those of the folders that are there; an InputError when one holds anything but plain files and folders. */
export const plainFolders = async (folders: readonly string[]): Promise<string[]> => {
  const there: string[] = [];
  for (const folder of folders) {
    if (!(await exists(folder))) continue;
    const odd = (await lstat(folder)).isDirectory() ? await firstOddity(folder) : folder;
    if (odd !== undefined) {
      throw new InputError(`${odd} is not a plain file: it can't be sent to a machine.`, {
        hint: 'Put a copy of the file there instead of a link to it.',
      });
    }
    there.push(folder);
  }
  return there;
};

/** Packs folders one over the other; the machine unpacks in that order, so later ones win. */
export const packing = (folders: readonly string[]): readonly string[] => [
  'tar',
  '--create',
  '--file=-',
  '--numeric-owner',
  '--owner=0',
  '--group=0',
  '--mode=a-x,u=rwX,go=',
  ...folders.flatMap((folder) => [`--directory=${folder}`, '.']),
];

/** Runs in the machine, so no path of it can lead out of it; the old folder goes only when the new one is whole. */
export const unpackScript = `set -eu
to=$1 new=$1.new
rm -rf --one-file-system -- "$new"
mkdir -p -- "$(dirname -- "$to")"
mkdir -m 0700 -- "$new"
tar --extract --file=- --directory="$new" --no-same-owner --preserve-permissions
chmod 0700 -- "$new"
rm -rf --one-file-system -- "$to"
mv -T -- "$new" "$to"`;

const pipeScript = `set -o pipefail
count=$1
shift
"\${@:1:count}" | "\${@:count+1}"`;

/** One program's output into another's input; fails when either fails. */
export const piped = (from: readonly string[], into: readonly string[]): readonly string[] => [
  'bash',
  '-c',
  pipeScript,
  'pipe',
  String(from.length),
  ...from,
  ...into,
];
