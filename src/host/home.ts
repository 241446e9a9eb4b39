import { realpathSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { ComputerError, InputError } from '../model/errors.js';
import { exists } from './files.js';

/**
 * Where root's Quintet keeps what is large: the systems that machines are made from, their disks, boxes that are being built. What
 * must be one for the computer (which ids and addresses are taken, whose a lab is, where its machines lie) stays where it is.
 */
export const usualHome = '/var/lib/quintet';
export const homeVariable = 'QUINTET_HOME';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a lab's machines lie already that this process is about. */
let ofLab: string | undefined;

/** Programs that mount things read such paths between signs of their own. */
const isPlain = (path: string): boolean => isAbsolute(path) && /^[\w./@+-]+$/.test(path);

/** Its real path, where it is there: the kernel knows mounts by that. */
const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path.replace(/\/+$/, '') || '/';
  }
};

/** Throws an InputError where the variable names no place for that. */
export const homeFolder = (env: Env = process.env): string => {
  if (ofLab !== undefined) return ofLab;
  const chosen = env[homeVariable];
  if (chosen === undefined || chosen === '') return usualHome;
  if (isPlain(chosen)) return real(chosen);
  throw new InputError(`${homeVariable} is no folder that machines can lie in: ${JSON.stringify(chosen)}.`, {
    hint: 'Give it an absolute path of letters, digits and . _ - + @ alone, such as /srv/quintet.',
  });
};

/** Machines stay where they are, whatever the variable says when they are used the next time. */
export const useHome = (folder: string | undefined): void => {
  ofLab = folder;
};

/** The folder itself, or the first above it that is there. */
export const nearestFolder = async (folder: string): Promise<string> =>
  (await exists(folder)) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));

/** Throws a ComputerError where somebody else than root could put other things in the folder's place: programs there run as root. */
export const requireOwnHome = async (folder: string): Promise<void> => {
  for (let path = await nearestFolder(folder); ; path = dirname(path)) {
    const { uid, mode } = await lstat(path);
    const isOthers = uid !== 0 || ((mode & 0o022) !== 0 && (path === folder || (mode & 0o1000) === 0));
    if (isOthers) {
      throw new ComputerError(`${path} is not root's alone, so machines can't lie in ${folder}.`, {
        hint: `Choose another folder for them, or: sudo chown root ${path} && sudo chmod go-w ${path}`,
      });
    }
    if (dirname(path) === path) return;
  }
};
