import { InputError } from '../model/errors.js';
import { holdLab } from './lab-door.js';
import { labFile, labPaths } from './lab-folder.js';
import { assertFreeFor, createFolder, type FolderKind } from './new-folder.js';

const lab: FolderKind = {
  marker: labFile,
  prefix: '.quintet-new-',
  parts: [
    labFile,
    labPaths.guide,
    labPaths.scenarios,
    labPaths.own,
    'machines',
    'Vagrantfile',
    'README.md',
    'topology.svg',
    '.gitignore',
    '.gitattributes',
  ],
  taken: (folder) =>
    new InputError(`${folder} is a lab already.`, {
      hint: 'quintet generate writes its files again from lab.yaml; quintet up brings it up.',
    }),
};

/** Makes a whole lab folder or nothing, in a new or empty folder. Throws an InputError when it holds anything else. */
export const createLabFolder = (folder: string, fill: (temporary: string) => Promise<void>): Promise<void> =>
  createFolder(lab, folder, (temporary) => {
    holdLab(temporary);
    return fill(temporary);
  });

/** Throws an InputError when a lab can't be made there; removes what a killed attempt left. */
export const assertFree = (folder: string): Promise<void> => assertFreeFor(lab, folder);
