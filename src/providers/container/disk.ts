import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ensureDir, exists, moveTo, namesIn, readIfAny } from '../../host/files.js';
import { InputError } from '../../model/errors.js';
import type { LabSite } from '../provider.js';
import { baseExists } from './base.js';
import { makeImage, noImages, released } from './disk-image.js';
import { claimIds, releaseIds } from './ids.js';
import { noUserNamespaces, requireIsolation } from './isolation.js';
import { folderAt, type MachineFolder, machineFolder, machinesFolder } from './names.js';
import { removeFolder } from './remove.js';

/** Makes a folder that overlayfs is given and that the machine's own root owns. */
const makeLayer = async (path: string, mode: number, root: number): Promise<void> => {
  await mkdir(path, { mode });
  await chown(path, root, root);
};

/** The layer of a machine where an image that holds it is mounted. */
export const layerAt = (at: string): Pick<MachineFolder, 'upper' | 'work'> => ({
  upper: `${at}/upper`,
  work: `${at}/work`,
});

const fillLayer = async (
  { upper, work }: Pick<MachineFolder, 'upper' | 'work'>,
  machine: string,
  root: number,
): Promise<void> => {
  // Folders of the upper layer hide the base's owner and mode: they must have the same.
  await makeLayer(upper, 0o755, root);
  await makeLayer(join(upper, 'etc'), 0o755, root);
  await writeFile(join(upper, 'etc/hostname'), `${machine}\n`, { mode: 0o644 });
  await chown(join(upper, 'etc/hostname'), root, root);
  await makeLayer(work, 0o700, root);
};

const makeImageOf = async ({ image, disk }: MachineFolder): Promise<void> => {
  await makeImage(image, disk);
  await removeFolder(disk);
  await mkdir(disk, { mode: 0o755 });
};

const fill = async (folder: MachineFolder, machine: string, base: string, first: number | undefined): Promise<void> => {
  const root = first ?? 0;
  await mkdir(folder.path, { mode: 0o700 });
  if (first !== undefined) await writeFile(folder.ids, `${first}\n`, { mode: 0o600 });
  const imaged = (await noImages()) === undefined;
  if (imaged) await mkdir(folder.disk, { mode: 0o755 });
  await fillLayer(imaged ? layerAt(folder.disk) : folder, machine, root);
  if (imaged) await makeImageOf(folder);
  await mkdir(folder.root, { mode: 0o755 });
  await appendFile(folder.console, '');
  await symlink(base, folder.base);
};

const passing = (machine: string) => `.passing-${machine}-`;

/** What a creation or removal that was killed left behind. */
const sweep = async (site: LabSite, machine: string): Promise<void> => {
  const stale = (await namesIn(machinesFolder(site))).filter((name) => name.startsWith(passing(machine)));
  for (const name of stale) await removeFolder(join(machinesFolder(site), name));
};

const temporary = (site: LabSite, machine: string): string =>
  join(machinesFolder(site), `${passing(machine)}${randomBytes(4).toString('hex')}`);

export const diskExists = (site: LabSite, machine: string): Promise<boolean> =>
  exists(machineFolder(site, machine).path);

/** The base that a machine's disk rests on. */
export const baseOf = (site: LabSite, machine: string): Promise<string> => readlink(machineFolder(site, machine).base);

/** The first of the ids that a machine's users have here; undefined where its root is this computer's. */
export const idsOf = async (site: LabSite, machine: string): Promise<number | undefined> => {
  const text = await readIfAny(machineFolder(site, machine).ids);
  return text === undefined ? undefined : Number(text);
};

/** What holds all that a machine has changed, and is copied as one: its image, or its upper layer. */
export const changesOf = async (folder: MachineFolder): Promise<string> =>
  (await exists(folder.image)) ? folder.image : folder.upper;

/** A machine's disk rests on the base it was made with; on another one it would be a mixture of two systems. */
const requireSameBase = async (site: LabSite, machine: string, base: string): Promise<void> => {
  const own = await baseOf(site, machine);
  if (own === base && (await baseExists(base))) return;
  throw new InputError(
    `${machine} was made on the base ${basename(own)}, and the lab now asks for ${basename(base)}: other packages or another system.`,
    { hint: 'Run quintet destroy (what the machines hold is lost), then quintet up.' },
  );
};

/** Makes an empty disk on top of the base: all at once, so that it is either there or not. */
export const createDisk = async (site: LabSite, machine: string, base: string): Promise<void> => {
  await ensureDir(machinesFolder(site), 0o700);
  await sweep(site, machine);
  if (await diskExists(site, machine)) return requireSameBase(site, machine, base);
  await requireIsolation(site, () => undefined);
  const first = (await noUserNamespaces()) === undefined ? await claimIds(site, machine) : undefined;
  const path = temporary(site, machine);
  await fill(folderAt(path), machine, base, first);
  await moveTo(path, machineFolder(site, machine).path);
};

/** Removes a machine's disk; renamed first, so that half a disk is never taken for a machine. */
export const removeDisk = async (site: LabSite, machine: string): Promise<void> => {
  const { path } = machineFolder(site, machine);
  if (await exists(path)) await moveTo(path, temporary(site, machine));
  await sweep(site, machine);
  await releaseIds(site, machine);
};

/** Where among a machine's snapshots something lies that is unfinished or on its way out: no snapshot's name has such a dot. */
export const passingIn = (folder: MachineFolder): string =>
  join(folder.snapshots, `.${randomBytes(4).toString('hex')}`);

export const sweepSnapshots = async ({ snapshots }: MachineFolder): Promise<void> => {
  const stale = (await namesIn(snapshots)).filter((name) => name.startsWith('.'));
  for (const name of stale) await removeFolder(join(snapshots, name));
};

/**
 * Gives a machine the image or layer that waits to take the place of its own, also when that was begun by a Quintet that was killed.
 * To be called before a disk is used. Overlayfs refuses a work folder that it has used with another layer.
 */
export const settleDisk = async (site: LabSite, machine: string): Promise<void> => {
  const folder = machineFolder(site, machine);
  await released(folder.image);
  if (!(await exists(folder.next))) return;
  if ((await stat(folder.next)).isFile()) await moveTo(folder.next, folder.image);
  else await settleLayer(folder, (await idsOf(site, machine)) ?? 0);
  await sweepSnapshots(folder);
};

const settleLayer = async (folder: MachineFolder, root: number): Promise<void> => {
  for (const old of [folder.upper, folder.work]) {
    if (await exists(old)) await moveTo(old, passingIn(folder));
  }
  await makeLayer(folder.work, 0o700, root);
  await moveTo(folder.next, folder.upper);
};
