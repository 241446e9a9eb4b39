import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileError, filesBelow } from '../../host/files.js';
import { InputError } from '../../model/errors.js';

export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError('read', path, error);
  }
  return hash.digest('hex');
};

/** What `sha256sum --check` reads: a line for each file below a folder. */
export const sumsOf = async (folder: string): Promise<string> => {
  const lines: string[] = [];
  for (const file of await filesBelow(folder)) {
    if (/[\r\n\\]/.test(file)) throw new InputError(`A file of this name can't go into a bundle: ${file}`);
    lines.push(`${await sha256Of(join(folder, file))}  ${file}\n`);
  }
  return lines.join('');
};

/** The bytes of a file, or of all files below a folder. */
export const bytesOf = async (path: string): Promise<number> => {
  const found = await lstat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = (await filesBelow(path)).map(async (file) => (await lstat(join(path, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
