import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder, usualHome } from '../../host/home.js';
import type { LabSite } from '../provider.js';

/** Everything this provider makes lies below here (what is large: below `homeFolder()`) or is called `quintet-<id>`. */
export const stateFolder = usualHome;
export const basesFolder = (): string => `${homeFolder()}/bases`;
/** What each lab has made, or a link to where that lies. */
export const labsFolder = `${stateFolder}/labs`;
/** Which machine has which ids of this computer. */
export const idsFolder = `${stateFolder}/ids`;

/** The bridge in the lab's network namespace, and the machine's only network interface. */
export const bridge = 'lab0';
export const machineInterface = 'host0';

/** An id that could lead out of a path is a bug: folders are removed by it. */
const checkedId = (site: LabSite): string => {
  if (!/^[0-9a-f]{4,32}$/.test(site.id)) throw new Error(`not a lab id: ${site.id}`);
  return site.id;
};

const checkedMachine = (machine: string): string => {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(machine)) throw new Error(`not a machine name: ${machine}`);
  return machine;
};

export const labName = (site: LabSite): string => `quintet-${checkedId(site)}`;
/** By which a lab is found, wherever what it has made lies. */
export const labEntry = (site: LabSite): string => `${labsFolder}/${checkedId(site)}`;

const followed = (link: string): string | undefined => {
  try {
    return readlinkSync(link);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : link;
  }
};

export const labFolder = (site: LabSite): string =>
  followed(labEntry(site)) ?? `${homeFolder()}/labs/${checkedId(site)}`;
/** Where a lab's machines lie, be its disk there now or not; undefined for a lab that has none. */
export const homeOf = (site: LabSite): string | undefined => {
  const folder = followed(labEntry(site));
  if (folder === undefined) return undefined;
  const home = dirname(dirname(folder));
  return !existsSync(home) || hasMachines(folder) ? home : undefined;
};

const hasMachines = (folder: string): boolean => {
  try {
    return readdirSync(join(folder, 'machines')).length > 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
};
/** Not in /run/netns: the first `ip netns add` of a computer mounts that folder over itself, and hides what was mounted there. */
export const netnsPath = (site: LabSite): string => `/run/quintet/netns/${labName(site)}`;
export const groupName = (site: LabSite, machine: string): string => `${labName(site)}-${checkedMachine(machine)}`;

/** What all names of a lab's machines begin with, where machines of all labs are listed. */
export const labOwner = (site: LabSite): string => `${checkedId(site)}/`;
export const machineOwner = (site: LabSite, machine: string): string => `${labOwner(site)}${checkedMachine(machine)}`;

export interface MachineFolder {
  readonly path: string;
  /** A symbolic link to the base its disk rests on. */
  readonly base: string;
  /** The first of the ids of this computer that its users have; not there for one that has no users of its own. */
  readonly ids: string;
  /** The machine's disk, where this computer can make a file a disk; otherwise the layer lies in the folder itself. */
  readonly image: string;
  /** Where the image is mounted, in a mount namespace of its own. */
  readonly disk: string;
  /** What the machine has changed on top of the base, where there is no image. */
  readonly upper: string;
  readonly work: string;
  /** Where its disk is mounted, in a mount namespace of its own. */
  readonly root: string;
  readonly console: string;
  /** Held while it runs, so that it never runs twice. */
  readonly lock: string;
  /** Copies of the image or the upper layer, by the name of each snapshot. */
  readonly snapshots: string;
  /** Copies that may not be on the disk for good yet, by the names that they will have as snapshots. */
  readonly settling: string;
  /** A whole image or upper layer that is to take the place of the present one. */
  readonly next: string;
}

export const machinesFolder = (site: LabSite): string => `${labFolder(site)}/machines`;

export const folderAt = (path: string): MachineFolder => ({
  path,
  base: `${path}/base`,
  ids: `${path}/ids`,
  image: `${path}/disk.img`,
  disk: `${path}/disk`,
  upper: `${path}/upper`,
  work: `${path}/work`,
  root: `${path}/root`,
  console: `${path}/console.log`,
  lock: `${path}/lock`,
  snapshots: `${path}/snapshots`,
  settling: `${path}/settling`,
  next: `${path}/next`,
});

export const machineFolder = (site: LabSite, machine: string): MachineFolder =>
  folderAt(`${machinesFolder(site)}/${checkedMachine(machine)}`);
