import { join } from 'node:path';
import { isLab } from '../../src/host/lab-folder.js';
import { quintet, words } from './quintet.js';

/** Where the lab that a run's files share lies in the run's room: where `quintet --yes` puts one. */
export const folderIn = (room: string): string => join(room, 'quintet-lab');

/** Its machines go. */
export const removeLabOf = async (room: string): Promise<void> => {
  if (!(await isLab(folderIn(room)))) return;
  const gone = await quintet(folderIn(room), 'destroy', '--yes');
  if (gone.exitCode !== 0) throw new Error(words(gone));
};
