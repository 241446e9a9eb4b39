import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { gatherStandbys } from '../../src/campaign/checks/gather-standbys.js';
import { readOpenFaults } from '../../src/campaign/open-faults.js';
import { judgeStandbys } from '../../src/check/standbys.js';
import { exists } from '../../src/host/files.js';
import { isLab } from '../../src/host/lab-folder.js';
import { planOf } from '../../src/plan/plan.js';
import { containerProvider } from '../../src/providers/container/container.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { lacking } from './needs.js';
import { must, quintet, words } from './quintet.js';
import { folderIn, removeLabOf } from './shared-room.js';
import { labIdOf } from './traces.js';

/**
 * One lab that is up for all files of a run that can share one: the default lab in containers. Whoever is first brings it up,
 * each file leaves it as it found it, which is looked after here, and the run removes it. A file that runs alone has one of its own.
 */

export const machines = ['lb1', 'lb2', 'web', 'app', 'db'] as const;

/** What is otherwise with a lab than when it had just come up; empty when nothing is. */
export const changesOf = async (lab: string): Promise<string[]> => {
  const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
  const provider = containerProvider({ folder: lab, id: await labIdOf(lab), plan });
  const open = (await readOpenFaults(lab)).map(({ machine, fault }) => `${fault} of ${machine} is open`);
  const states = await Promise.all(
    machines.map(async (machine) => {
      const state = await provider.state(machine);
      if (state !== 'running') return [`${machine} is ${state}`];
      const { stdout } = await provider.exec(machine, ['systemctl', 'is-system-running'], { timeoutMs: 20_000 });
      return stdout.trim() === 'running' ? [] : [`${machine} says that it is ${stdout.trim()}`];
    }),
  );
  if (states.flat().length > 0) return [...open, ...states.flat()];
  const balancers = await gatherStandbys({ plan, provider });
  const holders = balancers.filter(({ holds }) => holds).map(({ machine }) => machine);
  const { outcome, detail } = judgeStandbys(balancers);
  const drift = await quintet(lab, 'generate', '--dry-run');
  return [
    ...open,
    ...(holders.length === 1 ? [] : [`the VIP is held by ${holders.join(' and ') || 'nobody'}`]),
    ...(outcome === 'pass' ? [] : [detail]),
    ...(drift.exitCode === 0 && drift.stdout.trim() === ''
      ? []
      : [`its files are other than its lab.yaml makes them: ${words(drift)}`]),
  ];
};

/** A moment is left to what has just been healed. */
const changesAtLast = async (lab: string): Promise<string[]> => {
  for (let left = 20; ; left -= 1) {
    const changes = await changesOf(lab).catch((error: Error) => [error.message]);
    if (changes.length === 0 || left === 0) return changes;
    await delay(1000);
  }
};

const bringUp = async (room: string): Promise<void> => {
  const lab = folderIn(room);
  await must(room, 'init', 'quintet-lab', '--yes', '--set', 'provider=container');
  await must(lab, 'up');
};

/** The folder of the lab that the tests of this file share with other files: up when they begin. */
export const sharedLab = (): string => {
  const given = process.env.QUINTET_TEST_ROOM;
  const room = given ?? mkdtempSync(join(tmpdir(), 'quintet-test-'));
  const lab = folderIn(room);
  // Without these the tests that use it are left out.
  if (lacking(['root', 'systemd-nspawn', 'mmdebstrap', 'ip']).length > 0) return lab;
  // The file before has seen that all is well; whoever is interrupted has not.
  const asFound = join(room, 'as-found');
  test.serial.before('the shared lab is up', async (t) => {
    const seen = await exists(asFound);
    await rm(asFound, { force: true });
    if ((await isLab(lab)) && (seen || (await changesAtLast(lab)).length === 0)) return;
    if (await isLab(lab)) {
      t.log('the shared lab was left otherwise than it was found: a new one is made');
      await removeLabOf(room);
      await rm(lab, { recursive: true, force: true });
    }
    await bringUp(room);
  });
  test.after.always('the shared lab is left as it was found', async (t) => {
    if (given === undefined) {
      await removeLabOf(room);
      return rm(room, { recursive: true, force: true });
    }
    t.deepEqual(await changesAtLast(lab), []);
    await writeFile(asFound, '');
  });
  return lab;
};
