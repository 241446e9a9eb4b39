import { ensureDir } from '../../host/files.js';
import { basesFolder, labsFolder, stateFolder } from './names.js';

/**
 * Lets nobody but root into what Quintet keeps: the systems below it are full of programs that run as root, and no update ever
 * reaches them. Also where a former Quintet has left it open to everybody.
 */
export const tighten = async (): Promise<void> => {
  for (const folder of [stateFolder, basesFolder, labsFolder]) await ensureDir(folder, 0o700);
};
