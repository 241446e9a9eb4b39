import { dirname, resolve } from 'node:path';
import { isLab } from '../host/lab-folder.js';
import { InputError } from '../model/errors.js';
import type { Context } from './context.js';

/** The folder `--lab-dir` names, else the nearest lab from the current folder upwards, else undefined. */
export const nearestLab = async ({ cwd, labDir }: Pick<Context, 'cwd' | 'labDir'>): Promise<string | undefined> => {
  if (labDir !== undefined) {
    const folder = resolve(cwd, labDir);
    return (await isLab(folder)) ? folder : undefined;
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (await isLab(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
};

/** The lab folder that a verb works on. */
export const labFolderOf = async (context: Pick<Context, 'cwd' | 'labDir'>): Promise<string> => {
  const folder = await nearestLab(context);
  if (folder !== undefined) return folder;
  throw new InputError(
    context.labDir === undefined
      ? 'There is no lab here: no lab.yaml in this folder or any above it.'
      : `There is no lab in ${context.labDir}: it has no lab.yaml.`,
    { hint: 'quintet init makes one; -C DIR names the folder of one.' },
  );
};
