import { dirname } from 'node:path';
import { exists, freeBytes } from '../../host/files.js';

export const megabytes = (bytes: number): number => Math.floor(bytes / 2 ** 20);

/** The folder itself, or the first above it that is there. */
const nearest = async (folder: string): Promise<string> =>
  (await exists(folder)) || dirname(folder) === folder ? folder : nearest(dirname(folder));

/** Free where a folder is or would be made; without end where that can't be known. */
export const freeMb = async (folder: string): Promise<number> => {
  try {
    return megabytes(await freeBytes(await nearest(folder)));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
