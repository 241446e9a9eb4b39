import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exists, readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import { deviceFiles } from './devices.js';

/** One mounted cgroup hierarchy of this computer. */
export interface Hierarchy {
  readonly mount: string;
  readonly version: 1 | 2;
  /** As /proc/PID/cgroup names it: `cpu,cpuacct`, `name=systemd`, or nothing for version 2. */
  readonly controllers: readonly string[];
  /** The cgroup that is seen at the mount point (not `/` in some container hosts). */
  readonly root: string;
}

const flags = new Set(['rw', 'ro', 'nosuid', 'nodev', 'noexec', 'relatime', 'xattr', 'clone_children']);

/** The hierarchies in /proc/self/mountinfo, those of version 1 (where a machine is one flat group) first. */
export const parseHierarchies = (mountinfo: string): Hierarchy[] => {
  const found = mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [before, after] = line.split(' - ');
    const [, , , root, mount] = before?.split(' ') ?? [];
    const [type, , options] = after?.split(' ') ?? [];
    if (root === undefined || mount === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    const controllers = (options ?? '').split(',').filter((word) => !flags.has(word) && !word.startsWith('release_'));
    return [
      type === 'cgroup2' ? { mount, version: 2, controllers: [], root } : { mount, version: 1, controllers, root },
    ];
  });
  const key = (one: Hierarchy) => `${one.version} ${one.controllers.join()}`;
  const unique = found.filter((one, index) => found.findIndex((other) => key(other) === key(one)) === index);
  return unique.sort((a, b) => a.version - b.version);
};

export const hierarchies = async (): Promise<Hierarchy[]> =>
  parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));

/** Whether systemd runs this computer and owns its one cgroup tree: then it must be asked for a scope. */
export const systemdOwnsCgroups = async (all: readonly Hierarchy[]): Promise<boolean> =>
  all.every((one) => one.version === 2) && (await readIfAny('/proc/1/comm'))?.trim() === 'systemd';

/** Where the group called `name` lies or could lie, whoever made it. */
export const groupPaths = (all: readonly Hierarchy[], name: string): string[] =>
  all.flatMap(({ mount, version }) =>
    version === 2 ? [join(mount, name), join(mount, 'system.slice', `${name}.scope`)] : [join(mount, name)],
  );

const isGone = (error: unknown): boolean => ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

/** What comes of work on a group that may go meanwhile, as groups do with their last process. */
export const unlessGone = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
};

/** A group and all below it, deepest first; none when it is not there. */
const treeOf = async (path: string): Promise<string[]> => {
  const entries = await unlessGone(readdir(path, { withFileTypes: true }), undefined);
  if (entries === undefined) return [];
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => treeOf(join(path, entry.name)));
  return [...(await Promise.all(below)).flat(), path];
};

/** The processes in a group and all below it. */
const processesBelow = async (path: string): Promise<number[]> => {
  const lists = (await treeOf(path)).map((group) => unlessGone(readFile(join(group, 'cgroup.procs'), 'utf8'), ''));
  return (await Promise.all(lists)).join('\n').split('\n').filter(Boolean).map(Number);
};

/** Every process of the group called `name`, in any hierarchy, lowest id first. */
export const processesIn = async (name: string): Promise<number[]> => {
  const found = await Promise.all(groupPaths(await hierarchies(), name).map(processesBelow));
  return [...new Set(found.flat())].sort((a, b) => a - b);
};

/** The groups called `name` that exist. */
export const groupsCalled = async (name: string): Promise<string[]> => {
  const trees = await Promise.all(groupPaths(await hierarchies(), name).map(treeOf));
  return trees.flat();
};

/** Names of all groups that start with `prefix`. */
export const groupNames = async (prefix: string): Promise<string[]> => {
  const places = (await hierarchies()).flatMap(({ mount }) => [mount, join(mount, 'system.slice')]);
  const names = await Promise.all(places.map((place) => unlessGone(readdir(place), [])));
  const own = names.flat().filter((name) => name.startsWith(prefix));
  return [...new Set(own.map((name) => name.replace(/\.scope$/, '')))].sort();
};

export interface Limits {
  readonly memoryMb: number;
  readonly cores: number;
  /** The group's share of processor time where there is not enough for all, 1 to 10,000; `fullWeight` without. */
  readonly weight?: number;
}

/** The most that a group can ask for: as long as it is busy its neighbours get next to nothing. */
export const highestWeight = 10_000;
/** What the kernel gives every group (cpu.weight of version 2; version 1 calls the same 1024 cpu.shares). */
export const fullWeight = 100;

const weightFile = (version: 1 | 2, weight: number): [file: string, value: string] =>
  version === 2 ? ['cpu.weight', String(weight)] : ['cpu.shares', String(Math.round((weight * 1024) / fullWeight))];

/** How often the quota of processor time is renewed: short, since a machine that has used it up stands still until then. */
export const quotaPeriodUs = 20_000;

/**
 * How many processes and threads a machine may have, so that a fork bomb in it starts no more. The busiest (a database with all its
 * connections open) has some three hundred, and five machines that have all of theirs leave the computer a third of the ids of
 * processes that the kernel gives by default (32,768).
 */
export const mostTasks = 4096;

/** No quota where the machine may use all cores anyway. */
export const quotaUs = ({ cores }: Limits): number | undefined =>
  cores >= availableParallelism() ? undefined : cores * quotaPeriodUs;

/** Files that hold the limits, in the order in which they must be written. */
const limitFiles = (version: 1 | 2, limits: Limits): readonly [file: string, value: string][] => {
  const bytes = String(limits.memoryMb * 1024 * 1024);
  const quota = quotaUs(limits);
  const weight = weightFile(version, limits.weight ?? fullWeight);
  const tasks: [string, string] = ['pids.max', String(mostTasks)];
  if (version === 2) {
    const cpu: [string, string][] = [['cpu.max', `${quota} ${quotaPeriodUs}`]];
    return [['memory.max', bytes], tasks, weight, ...(quota ? cpu : [])];
  }
  const cpu: [string, string][] = [
    ['cpu.cfs_period_us', String(quotaPeriodUs)],
    ['cpu.cfs_quota_us', String(quota)],
  ];
  return [['memory.limit_in_bytes', bytes], tasks, weight, ...(quota ? cpu : []), ...deviceFiles];
};

/** Writes into a control file if the kernel offers it. */
const offer = async (path: string, value: string): Promise<boolean> => {
  try {
    await writeFile(path, value, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
};

/** A new cpuset group takes no process before it is told which processors and memory nodes it has. */
const inheritCpuset = async (mount: string, path: string): Promise<void> => {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await offer(join(path, file), (await readIfAny(join(mount, file)))?.trim() ?? '');
  }
};

const makeIn = async (hierarchy: Hierarchy, name: string, limits: Limits): Promise<string> => {
  const { mount, version } = hierarchy;
  const path = join(mount, name);
  await mkdir(path, { recursive: true });
  if (hierarchy.controllers.includes('cpuset')) await inheritCpuset(mount, path);
  // Each by itself: a controller that is missing must not keep the others out.
  if (version === 2)
    for (const controller of ['+memory', '+cpu', '+pids'])
      await offer(join(mount, 'cgroup.subtree_control'), controller);
  for (const [file, value] of limitFiles(version, limits)) await offer(join(path, file), value);
  return path;
};

/** Makes the group called `name` in every hierarchy, with limits where the kernel offers them; returns their paths. */
export const makeGroups = async (name: string, limits: Limits): Promise<string[]> => {
  const paths: string[] = [];
  for (const hierarchy of await hierarchies()) paths.push(await makeIn(hierarchy, name, limits));
  return paths;
};

/** Whether a group is one where the kernel asks which devices it may open. */
export const boundsDevices = (path: string): Promise<boolean> => exists(join(path, 'devices.deny'));

/** Gives the group called `name`, where it is, so much processor time beside others. */
export const giveWeight = async (name: string, weight: number): Promise<void> => {
  for (const hierarchy of await hierarchies()) {
    const [file, value] = weightFile(hierarchy.version, weight);
    for (const path of groupPaths([hierarchy], name)) await offer(join(path, file), value);
  }
};

/** The groups a process is in, as paths on this computer. */
export const groupsOf = async (pid: number): Promise<string[]> => {
  const all = await hierarchies();
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).trim().split('\n');
  return lines.flatMap((line) => {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const hierarchy = all.find((one) => one.controllers.join() === controllers);
    if (hierarchy === undefined) return [];
    const below = hierarchy.root !== '/' && path.startsWith(hierarchy.root) ? path.slice(hierarchy.root.length) : path;
    return [join(hierarchy.mount, below)];
  });
};

/** Removes empty groups; one that is still being emptied gets two seconds. */
export const removeGroups = async (name: string): Promise<void> => {
  const until = Date.now() + 2000;
  for (;;) {
    const left = await groupsCalled(name);
    if (left.length === 0) return;
    const failures: unknown[] = [];
    for (const path of left) {
      await unlessGone(rmdir(path), undefined).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0 && Date.now() > until) {
      throw new ComputerError(`The control group ${name} can't be removed.`, { cause: failures[0] });
    }
    if (failures.length > 0) await delay(20);
  }
};
