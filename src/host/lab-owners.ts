import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRoot } from './caller.js';
import { ensureDir, exists, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';
import { releaseAddresses } from './lab-addresses.js';
import { labDoor } from './lab-door.js';
import { labPaths } from './lab-folder.js';
import { hasBoundMachines, releaseMachines } from './own-machines.js';
import { stateFolder } from './own-state.js';

/**
 * Which folder a lab's id belongs to, and whose that folder is. An id is a name by which machines are found, and a lab
 * folder can say any: so this is written down outside of all labs, where only the caller (or root) writes.
 */
export interface LabOwner {
  /** Its real path. */
  readonly folder: string;
  /** Which folder it is, whatever it is called; digits, for Windows has more of them than a number holds. */
  readonly dev: string;
  readonly ino: string;
  /** When it was made, in nanoseconds: numbers of folders that are gone are given out again. */
  readonly born: string;
  readonly uid: number;
  /** Quintet wrote the whole lab there for this user, or the user vouched for it. */
  readonly made?: boolean;
}

const ownersFolder = (): string => join(stateFolder(), 'owners');
const recordOf = (id: string): string => join(ownersFolder(), `${id}.json`);

/** A lab folder as it is now. */
export const ownerNow = async (folder: string): Promise<LabOwner> => {
  const found = await stat(folder, { bigint: true });
  const [dev, ino, born] = [found.dev, found.ino, found.birthtimeNs].map(String) as [string, string, string];
  return { folder: await realpath(folder), dev, ino, born, uid: Number(found.uid) };
};

export const ownerOf = async (id: string): Promise<LabOwner | undefined> => {
  try {
    return JSON.parse((await readIfAny(recordOf(id))) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};

const isSame = (one: LabOwner | undefined, other: LabOwner): boolean =>
  (['folder', 'dev', 'ino', 'born', 'uid', 'made'] as const).every((key) => one?.[key] === other[key]);

/** Writes down that an id is this folder's. A user without a place for that has no machines that others could claim, either. */
export const bindLab = async (folder: string, id: string, made?: true): Promise<void> => {
  const known = await ownerOf(id);
  const now = { ...(await ownerNow(folder)), ...(made || known?.made ? { made: true } : {}) };
  if (isSame(known, now)) return;
  try {
    await ensureDir(ownersFolder(), 0o700);
    await writeFileAtomic(recordOf(id), `${JSON.stringify({ version: 1, ...now }, null, 2)}\n`, 0o600);
    await forgetGone();
  } catch (error) {
    if (isRoot()) throw error;
  }
};

/** Labs whose folder is gone, and of which nothing is left that somebody else could claim: they were removed without a word. */
const forgetGone = async (): Promise<void> => {
  for (const name of await namesIn(ownersFolder())) {
    const id = name.replace(/\.json$/, '');
    const known = await ownerOf(id);
    if (known === undefined || (await exists(known.folder).catch(() => true)) || (await madeMachines(id))) continue;
    await forget(id);
  }
};

/** A lab that nobody can go to any more: its folder was removed before its machines. */
export interface GoneLab {
  readonly id: string;
  /** Where it lay when it was last used. */
  readonly folder: string;
}

/**
 * The labs that have containers on this computer, and whose folder is gone (or is another lab's now). One that can't be looked at (a
 * share on which root is nobody, say) is not taken for gone.
 */
export const goneLabs = async (): Promise<GoneLab[]> => {
  const found: GoneLab[] = [];
  for (const id of isRoot() ? await namesIn(join(stateFolder(), 'labs')) : []) {
    const folder = (await ownerOf(id))?.folder;
    if (folder !== undefined && (await isGone(folder, id))) found.push({ id, folder });
  }
  return found;
};

const isGone = async (folder: string, id: string): Promise<boolean> => {
  try {
    if (!(await exists(folder))) return true;
    return labDoor(folder).text(labPaths.id)?.trim() !== id;
  } catch {
    return false;
  }
};

const hasId = (folder: string, id: string): boolean => {
  try {
    return labDoor(folder).text(labPaths.id)?.trim() === id;
  } catch {
    return false;
  }
};

/** Whether this computer has machines of a lab: containers lie in a folder by its id, others are written down. */
const madeMachines = async (id: string): Promise<boolean> => (await madeContainers(id)) || (await hasBoundMachines(id));

/** Nothing is left on this computer that an id could claim. */
export const releaseLab = async (id: string): Promise<void> => {
  if ((await ownerOf(id))?.made !== true) await forget(id);
  await releaseMachines(id);
  await releaseAddresses(id);
};

const forget = (id: string): Promise<void> => removeTree(recordOf(id));

/** Whether the folder at this path has this id as well, and is another one. */
const stillHas = async (path: string, id: string, now: LabOwner): Promise<boolean> => {
  try {
    const there = await ownerNow(path);
    return (there.dev !== now.dev || there.ino !== now.ino) && hasId(path, id);
  } catch {
    return false;
  }
};

/** Only root makes containers. */
const madeContainers = async (id: string): Promise<boolean> =>
  // A name there may lead to a disk that is not there now.
  isRoot() && (await namesIn(join(stateFolder(), 'labs'))).includes(id);

/**
 * Whether the id that a folder says is its own. `copy`: another folder has it, at `original`; `claimed`: it belongs to a lab
 * that another user had at `original`, or (where that is not known) to machines that nobody can tell whose they are.
 */
export type Claim =
  | { readonly kind: 'own' }
  | { readonly kind: 'copy'; readonly original: string }
  | { readonly kind: 'claimed'; readonly original?: string };

export const claimOn = async (folder: string, id: string, place: string | undefined): Promise<Claim> => {
  const now = await ownerNow(folder);
  const known = await ownerOf(id);
  // Under any name, and also where root has given the very same folder to another user.
  if (known !== undefined && (['dev', 'ino', 'born'] as const).every((key) => known[key] === now[key])) {
    return { kind: 'own' };
  }
  const original = known?.folder ?? place;
  if (original !== undefined && original !== now.folder && (await stillHas(original, id, now))) {
    return { kind: 'copy', original };
  }
  if (known !== undefined) return known.uid === now.uid ? { kind: 'own' } : { kind: 'claimed', original: known.folder };
  // An earlier Quintet made machines and wrote down no owner; it ran as root, and what it wrote into a lab folder was root's.
  const isForeign = labDoor(folder).stats(labPaths.id)?.uid !== 0 && (await madeContainers(id));
  return { kind: isForeign ? 'claimed' : 'own' };
};
