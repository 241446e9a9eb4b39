import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInRealTime } from '../../host/real-time.js';
import { vantageName } from '../../model/plan.js';
import type { LabSite } from '../provider.js';
import { giveWeight, groupPaths, groupsOf, type Hierarchy, hierarchies, processesIn, removeGroups } from './cgroups.js';
import { groupName } from './names.js';
import { needsScopes } from './scopes.js';

/** Where processor time is shared out, and where pressure is told. */
const counts = ({ version, controllers }: Hierarchy): boolean => version === 2 || controllers.includes('cpu');

const move = (pid: number, path: string): Promise<void> => writeFile(join(path, 'cgroup.procs'), String(pid));

/** Where this process was before it went into its own group; it goes back there, and with it whatever it has started. */
const home: string[] = [];

const homesIn = (all: readonly Hierarchy[]): string[] =>
  all.flatMap(({ mount }) => home.filter((path) => path === mount || path.startsWith(`${mount}/`)));

/**
 * Puts Quintet itself, and all that it starts from now on, into a group beside the machines', of that weight: the prober and
 * the observers are part of what is measured, and their pressure is told apart from everybody else's. Nothing where systemd
 * owns the groups, or they can't be made.
 */
export const enterOwnGroup = async (site: LabSite, weight: number): Promise<void> => {
  if (home.length > 0 || (await needsScopes())) return;
  const name = groupName(site, vantageName);
  home.push(...(await groupsOf(process.pid)));
  try {
    for (const { mount } of (await hierarchies()).filter(counts)) {
      const path = join(mount, name);
      await mkdir(path, { recursive: true });
      await move(process.pid, path);
    }
    await giveWeight(name, weight);
  } catch {
    await leaveOwnGroup(site);
  }
};

/**
 * Leaves that group and removes it, also where another Quintet that was killed has left it. One that can't be removed yet is no
 * reason to lose a verdict: `destroy` removes it.
 */
export const leaveOwnGroup = async (site: LabSite): Promise<void> => {
  const name = groupName(site, vantageName);
  const all = (await hierarchies()).filter(counts);
  for (const pid of home.length > 0 ? await processesIn(name) : []) {
    for (const path of homesIn(all)) await move(pid, path).catch(() => undefined);
  }
  home.length = 0;
  if ((await processesIn(name)).length === 0) await removeGroups(name).catch(() => undefined);
};

/**
 * Lets a process of Quintet's run before everything else (SCHED_RR). Where the kernel shares out real time by group, a new group
 * has none, and one that has used up its share stands still (scheduler/sched-rt-group.rst of the kernel's documentation): there
 * the process goes back to where Quintet was before, which has the computer's share, whatever another lab asks for or has left.
 */
export const runFirst = async (site: LabSite, pid: number): Promise<void> => {
  if ((await runInRealTime(pid)) || home.length === 0) return;
  const all = (await hierarchies()).filter(counts);
  for (const path of homesIn(all)) await move(pid, path);
  if (await runInRealTime(pid)) return;
  for (const { mount } of all) await move(pid, join(mount, groupName(site, vantageName)));
};

/** The folder with the pressure of a machine, or of Quintet itself while it has a group of its own. */
export const pressureOf = async (site: LabSite, who: string): Promise<string | undefined> => {
  const unified = (await hierarchies()).filter(({ version }) => version === 2);
  const [own, scope] = groupPaths(unified, groupName(site, who));
  if (who === vantageName && home.length === 0) return undefined;
  return (await needsScopes()) ? scope : own;
};
