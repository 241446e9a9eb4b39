import { access, constants, rm, symlink } from 'node:fs/promises';
import { ensureDir, exists } from '../../host/files.js';
import { homeFolder, homeVariable, requireOwnHome, usualHome } from '../../host/home.js';
import { ComputerError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { needRoot } from './host-packages.js';
import { basesFolder, homeOf, labEntry, labFolder, labsFolder, stateFolder } from './names.js';
import { removeFolder } from './remove.js';

/**
 * Lets nobody but root into what Quintet keeps: the systems below it are full of programs that run as root, and no update ever
 * reaches them. Also where a former Quintet has left it open to everybody.
 */
export const tighten = async (): Promise<void> => {
  const home = homeFolder();
  for (const folder of [stateFolder, labsFolder]) await ensureDir(folder, 0o700);
  if (home !== usualHome) await requireOwnHome(home);
  // What is chosen may hold other things beside.
  for (const folder of [basesFolder(), `${home}/labs`]) await ensureDir(folder, 0o700);
};

/**
 * Makes the place where a lab's machines will lie, and writes down where it is: it is found whatever the variable says later. Machines
 * that are there stay where they are.
 */
export const settleLab = async (site: LabSite, emit: Emit): Promise<void> => {
  const there = homeOf(site);
  const chosen = process.env[homeVariable] ?? usualHome;
  if (there !== undefined) {
    if (chosen !== there && process.env[homeVariable])
      emit({
        type: 'note',
        text: `The machines of this lab lie in ${there} and stay there: ${homeVariable} is for labs without any.`,
      });
    return;
  }
  await forgetPlace(site);
  if (homeFolder() === usualHome) return;
  const folder = labFolder(site);
  await ensureDir(folder, 0o700);
  await symlink(folder, labEntry(site));
};

/** Removes the place of a lab without machines. */
export const forgetPlace = async (site: LabSite): Promise<void> => {
  await removeFolder(labFolder(site));
  // Where that lay elsewhere this leads nowhere now.
  await rm(labEntry(site), { force: true });
};

/** Throws a ComputerError where a lab's machines can't be looked at: by this user, or because their disk is not there now. */
export const requireHomeOf = async (site: LabSite): Promise<void> => {
  const shut = await access(stateFolder, constants.R_OK | constants.X_OK).then(() => false, isForbidden);
  if (shut) throw needRoot();
  const home = homeOf(site);
  if (home === undefined || home === usualHome || (await exists(home))) return;
  throw new ComputerError(`The machines of this lab lie in ${home}, which is not there now.`, {
    hint: `Mount its disk again. If they are gone for good: sudo rm ${labEntry(site)}`,
  });
};

/** To who may not look, nothing is there; and it would be said to be so. */
const isForbidden = ({ code }: NodeJS.ErrnoException): boolean => code === 'EACCES';
