import { createHash } from 'node:crypto';
import { readFile, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDir, namesIn, readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import type { LabSite } from '../provider.js';
import { idsFolder, labOwner, machineOwner } from './names.js';

/**
 * The ids of this computer that the users of a machine have: its user N is `first + N` here, so its root is nobody. No two
 * machines share one, or the root of one could do to the other's files what it liked.
 */

/** How many each machine has: Linux programs count on 16 bits of them. */
export const idsPerMachine = 65_536;

/** What systemd leaves to containers (systemd.io/UIDS-GIDS): from this one on, as many machines as fit below 1879048192. */
const lowest = 524_288;
const places = 28_664;

/** `count` ids from `first` on, the last one not included. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** The ids there are, of /proc/self/uid_map: in a container there may be few. */
export const parseIdMap = (text: string): IdRange[] =>
  text.split('\n').flatMap((line) => {
    const [, first, count] = /^\s*(\d+)\s+\d+\s+(\d+)\s*$/.exec(line) ?? [];
    return first === undefined ? [] : [{ first: Number(first), count: Number(count) }];
  });

/** What users and other programs may give to their containers, of /etc/subuid. */
export const parseSubordinateIds = (text: string): IdRange[] =>
  text.split('\n').flatMap((line) => {
    const [, first, count] = /^[^#:]*:(\d+):(\d+)\s*$/.exec(line) ?? [];
    return first === undefined ? [] : [{ first: Number(first), count: Number(count) }];
  });

const holds = (range: IdRange, first: number): boolean =>
  range.first <= first && first + idsPerMachine <= range.first + range.count;

const touches = (range: IdRange, first: number): boolean =>
  range.first < first + idsPerMachine && first < range.first + range.count;

/**
 * The first ids that a machine may have, in the order in which to try them: the same machine always begins at the same one. Each is
 * whole in all of `maps` and not in what is `reserved`.
 */
export const choices = (
  owner: string,
  maps: readonly (readonly IdRange[])[],
  reserved: readonly IdRange[],
): number[] => {
  const start = createHash('sha256').update(owner).digest().readUInt32BE() % places;
  const all = Array.from({ length: places }, (_, index) => lowest + ((start + index) % places) * idsPerMachine);
  return all.filter(
    (first) =>
      maps.every((map) => map.some((range) => holds(range, first))) && !reserved.some((range) => touches(range, first)),
  );
};

const here = async (owner: string): Promise<number[]> => {
  const maps = await Promise.all(
    ['uid_map', 'gid_map'].map(async (name) => parseIdMap(await readFile(`/proc/self/${name}`, 'utf8'))),
  );
  const reserved = ['/etc/subuid', '/etc/subgid'].map(async (path) =>
    parseSubordinateIds((await readIfAny(path)) ?? ''),
  );
  return choices(owner, maps, (await Promise.all(reserved)).flat());
};

/** The first of some ids that a machine could have on this computer, if there are any. */
export const someIds = async (): Promise<number | undefined> => (await here(''))[0];

interface Claim {
  /** Of a link that is called by the first id and leads to its owner's name. */
  readonly path: string;
  readonly first: number;
  readonly owner: string;
}

const claims = async (): Promise<Claim[]> => {
  const found = (await namesIn(idsFolder)).map(async (name) => {
    const path = join(idsFolder, name);
    const owner = await readlink(path).catch(() => undefined);
    return owner === undefined ? [] : [{ path, first: Number(name), owner }];
  });
  return (await Promise.all(found)).flat();
};

/** A link is there as a whole or not at all, and only one can be made: so nobody needs a lock. */
const take = async (first: number, owner: string): Promise<boolean> => {
  const path = join(idsFolder, String(first));
  try {
    await symlink(owner, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return (await readlink(path).catch(() => '')) === owner;
    throw error;
  }
};

/** Takes ids for a machine, or those that were taken for it before; returns the first of them. */
export const claimIds = async (site: LabSite, machine: string): Promise<number> => {
  const owner = machineOwner(site, machine);
  await ensureDir(idsFolder, 0o700);
  const former = (await claims()).find((claim) => claim.owner === owner);
  if (former !== undefined) return former.first;
  for (const first of await here(owner)) if (await take(first, owner)) return first;
  throw new ComputerError(`No ids are left on this computer for the users of ${machine}.`, {
    hint: 'Other labs have them all: quintet destroy, in the folder of one, gives its ids back.',
  });
};

const release = async (isOwn: (owner: string) => boolean): Promise<void> => {
  for (const { path, owner } of await claims()) if (isOwn(owner)) await unlink(path).catch(() => undefined);
};

/** Gives a machine's ids back; to be called when nothing is left that belongs to them. */
export const releaseIds = (site: LabSite, machine: string): Promise<void> =>
  release((owner) => owner === machineOwner(site, machine));

/** Gives back those of all machines of a lab. */
export const releaseLabIds = (site: LabSite): Promise<void> => release((owner) => owner.startsWith(labOwner(site)));

/** What a lab has taken, for people. */
export const claimsOf = async (site: LabSite): Promise<string[]> =>
  (await claims()).filter(({ owner }) => owner.startsWith(labOwner(site))).map(({ path }) => path);
