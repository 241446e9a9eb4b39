import { freeBytes } from '../../host/files.js';
import { nearestFolder } from '../../host/home.js';

export const megabytes = (bytes: number): number => Math.floor(bytes / 2 ** 20);

/** Free where a folder is or would be made; without end where that can't be known. */
export const freeMb = async (folder: string): Promise<number> => {
  try {
    return megabytes(await freeBytes(await nearestFolder(folder)));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
