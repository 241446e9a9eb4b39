import { basename, join } from 'node:path';
import { must, startDetached } from '../../host/command.js';
import { ensureDir, exists, freeBytes, moveTo, namesIn } from '../../host/files.js';
import { MachineError } from '../../model/errors.js';
import type { LabSite, Snapshots } from '../provider.js';
import { baseExists } from './base.js';
import { baseOf, changesOf, diskExists, passingIn, settleDisk, sweepSnapshots } from './disk.js';
import { flushImage } from './disk-image.js';
import { carrierOf, dyingWithUs } from './enter.js';
import { freezeGroup, thawGroup } from './freezer.js';
import { killMachine, stateOf } from './machine.js';
import { groupName, type MachineFolder, machineFolder } from './names.js';
import { requireOwnUsers } from './own-users.js';
import { removeFolder } from './remove.js';

/**
 * Copies an image, or an upper layer: besides owners, modes and links its extended attributes, where overlayfs notes which folders hide
 * the base's, and its character devices 0/0, which stand for files that were removed. An attribute that can't be kept is an
 * error, other than with `--archive`. Where the file system can, the copies share their blocks.
 */
const copyChanges = (from: string, to: string): Promise<string> =>
  must(
    dyingWithUs([
      'cp',
      '--recursive',
      '--no-dereference',
      '--preserve=mode,ownership,timestamps,links,xattr',
      '--sparse=auto',
      '--reflink=auto',
      '--one-file-system',
      '--no-target-directory',
      '--',
      from,
      to,
    ]),
  );

const own = (folder: MachineFolder, name: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Error(`not the name of a snapshot: ${name}`);
  return join(folder.snapshots, name);
};

/** Renamed first, so that half a snapshot is never taken for one. */
const discard = async (folder: MachineFolder, path: string): Promise<void> => {
  if (await exists(path)) await moveTo(path, passingIn(folder));
  await sweepSnapshots(folder);
};

/** The folder of a machine that does not run, with nothing of a former call under way. */
const resting = async (site: LabSite, machine: string): Promise<MachineFolder> => {
  const state = await stateOf(site, machine);
  if (state !== 'stopped') throw new MachineError(machine, `${machine} is ${state}: only a stopped machine is saved.`);
  await killMachine(site, machine);
  await settleDisk(site, machine);
  const folder = machineFolder(site, machine);
  await ensureDir(folder.snapshots, 0o700);
  await sweepSnapshots(folder);
  return folder;
};

const save = async (site: LabSite, machine: string, name: string): Promise<void> => {
  const folder = await resting(site, machine);
  const copy = passingIn(folder);
  await discard(folder, own(folder, name));
  await copyChanges(await changesOf(folder), copy);
  // A computer that loses its power must not find a snapshot of empty files.
  await must(['sync', '--file-system', folder.snapshots]);
  await moveTo(copy, own(folder, name));
};

/** What the copy of a layer leaves free at the least. */
const spareBytes = 0.5e9;

const requireRoom = async (machine: string, changes: string, folder: MachineFolder): Promise<void> => {
  const size = Number.parseInt(await must(['du', '--summarize', '--block-size=1', '--', changes]), 10);
  const free = await freeBytes(folder.path);
  if (free >= size + spareBytes) return;
  const mb = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new MachineError(
    machine,
    `A copy of the disk of ${machine} needs ${mb(size + spareBytes)} below ${folder.path}, and ${mb(free)} are free.`,
    { hint: 'Free some space and run the same command again.' },
  );
};

/** Gives the copy its name when it is on the disk for good. Nobody waits for that: a full disk cache takes its time. */
const nameWhenWritten = 'sync --file-system "$1" && mv --no-target-directory -- "$1" "$2"';

/**
 * All processes of the machine stand still while that is copied, so the copy holds what the disk would hold had the power
 * been cut at that moment: a database finds its log beside its pages and recovers, as it does from a power cut.
 */
const saveRunning = async (site: LabSite, machine: string, name: string): Promise<void> => {
  const folder = machineFolder(site, machine);
  const copy = join(folder.settling, basename(own(folder, name)));
  for (const path of [folder.snapshots, folder.settling]) await ensureDir(path, 0o700);
  await discard(folder, own(folder, name));
  await removeFolder(copy);
  const changes = await changesOf(folder);
  await requireRoom(machine, changes, folder);
  const group = groupName(site, machine);
  await freezeGroup(group);
  try {
    if (changes === folder.image) await flushImage(folder.disk, await carrierOf(group));
    await copyChanges(changes, copy);
  } finally {
    await thawGroup(group);
  }
  startDetached(['sh', '-c', nameWhenWritten, 'name', copy, own(folder, name)]);
};

const assertRestorable = async (site: LabSite, machine: string, name: string): Promise<void> => {
  const folder = machineFolder(site, machine);
  const from = own(folder, name);
  if (!(await exists(from))) throw new MachineError(machine, `${machine} has no snapshot called ${name}.`);
  const base = await baseOf(site, machine);
  if (!(await baseExists(base))) {
    throw new MachineError(machine, `The base that the disk of ${machine} rests on is gone: ${base}.`, {
      hint: 'Run quintet destroy, then quintet up: it builds the base again.',
    });
  }
  await requireOwnUsers(site, [machine], () => undefined);
  await requireRoom(machine, from, folder);
};

const restore = async (site: LabSite, machine: string, name: string): Promise<void> => {
  const folder = await resting(site, machine);
  const from = own(folder, name);
  if (!(await exists(from))) throw new MachineError(machine, `${machine} has no snapshot called ${name}.`);
  const copy = passingIn(folder);
  await copyChanges(from, copy);
  await moveTo(copy, folder.next);
  await settleDisk(site, machine);
};

/** A snapshot is a copy of all that the machine has changed, beside it: it rests on the same base and goes with the machine. */
export const snapshotsOf = (site: LabSite): Snapshots => ({
  save: (machine, name) => save(site, machine, name),
  saveRunning: (machine, name) => saveRunning(site, machine, name),
  assertRestorable: (machine, name) => assertRestorable(site, machine, name),
  restore: (machine, name) => restore(site, machine, name),
  list: async (machine) => {
    const names = await namesIn(machineFolder(site, machine).snapshots);
    return names.filter((name) => !name.startsWith('.'));
  },
  remove: async (machine, name) => {
    const folder = machineFolder(site, machine);
    if (await diskExists(site, machine)) await discard(folder, own(folder, name));
  },
});
