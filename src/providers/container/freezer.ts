import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exists, readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import { groupPaths, hierarchies, processesIn, unlessGone } from './cgroups.js';
import { firstProcess } from './enter.js';

/** How the kernel lets a group stand still as a whole, with all that is below it and all that joins it. */
interface Freezer {
  readonly control: string;
  readonly freeze: string;
  readonly thaw: string;
  /** Where it says that nothing in the group moves any more. */
  readonly state: string;
  readonly frozen: RegExp;
}

/** That of version 2 first: there a frozen process can still be killed. */
const freezers: readonly Freezer[] = [
  { control: 'cgroup.freeze', freeze: '1', thaw: '0', state: 'cgroup.events', frozen: /^frozen 1$/m },
  { control: 'freezer.state', freeze: 'FROZEN', thaw: 'THAWED', state: 'freezer.state', frozen: /^FROZEN$/m },
];

interface Place {
  readonly path: string;
  readonly freezer: Freezer;
}

/** Where the group called `name` can be frozen; nowhere when it is not there, or the kernel has no freezer. */
const placesOf = async (name: string): Promise<Place[]> => {
  const paths = groupPaths(await hierarchies(), name);
  const all = freezers.flatMap((freezer) => paths.map((path) => ({ path, freezer })));
  const found = all.map(async (place) => ((await exists(join(place.path, place.freezer.control))) ? [place] : []));
  return (await Promise.all(found)).flat();
};

const signal = (pid: number, name: 'SIGSTOP' | 'SIGCONT'): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
};

/** Where there is no freezer: again as long as one that was not stopped yet has started another. */
const stopAll = async (name: string): Promise<void> => {
  let before: readonly number[] = [];
  for (;;) {
    const now = await processesIn(name);
    for (const pid of now) signal(pid, 'SIGSTOP');
    if (now.join() === before.join()) return;
    before = now;
  }
};

const limitMs = 5000;

/** Lets every process of a group stand still until `thawGroup`; returns when none moves any more. */
export const freezeGroup = async (name: string): Promise<void> => {
  const [place] = await placesOf(name);
  if (place === undefined) return stopAll(name);
  const { path, freezer } = place;
  await writeFile(join(path, freezer.control), freezer.freeze, { flag: 'r+' });
  const until = performance.now() + limitMs;
  while (!freezer.frozen.test(await readFile(join(path, freezer.state), 'utf8'))) {
    if (performance.now() > until) {
      await thawGroup(name);
      throw new ComputerError(`The processes of ${name} can't be frozen.`, {
        hint: 'One of them probably waits for a disk that does not answer.',
      });
    }
    await delay(2);
  }
};

/** Lets the processes of a group go on; one that is not frozen, or not there, is left as it is. */
export const thawGroup = async (name: string): Promise<void> => {
  const places = await placesOf(name);
  for (const { path, freezer } of places) {
    await unlessGone(writeFile(join(path, freezer.control), freezer.thaw, { flag: 'r+' }), undefined);
  }
  if (places.length === 0) for (const pid of await processesIn(name)) signal(pid, 'SIGCONT');
};

/** Stopped by a signal; a machine's own processes can't do that to the first of them. */
const isStopped = async (pid: number): Promise<boolean> =>
  /^State:\s+T/m.test((await readIfAny(`/proc/${pid}/status`)) ?? '');

/** Whether a machine's group was frozen, or is being frozen. */
export const isFrozen = async (name: string): Promise<boolean> => {
  const places = await placesOf(name);
  for (const { path, freezer } of places) {
    const word = await unlessGone(readFile(join(path, freezer.control), 'utf8'), freezer.thaw);
    if (word.trim() !== freezer.thaw) return true;
  }
  if (places.length > 0) return false;
  const init = await firstProcess(name);
  return init !== undefined && isStopped(init);
};
