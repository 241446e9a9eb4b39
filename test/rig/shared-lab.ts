import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { gatherStandbys } from '../../src/campaign/checks/gather-standbys.js';
import { readOpenFaults } from '../../src/campaign/open-faults.js';
import { judgeStandbys } from '../../src/check/standbys.js';
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

const said = async (lab: string, ...line: string[]): Promise<string> => {
  const ran = await quintet(lab, ...line);
  return ran.exitCode === 0 ? ran.stdout.trim() : words(ran);
};

interface Status {
  readonly machines: readonly { readonly name: string; readonly state: string; readonly holdsVip: boolean }[];
}

/** Why a load balancer that does not hold the VIP could not take it over. */
const notReady = async (lab: string): Promise<string[]> => {
  const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
  const provider = containerProvider({ folder: lab, id: await labIdOf(lab), plan });
  const { outcome, detail } = judgeStandbys(await gatherStandbys({ plan, provider }));
  return outcome === 'pass' ? [] : [detail];
};

/** What is otherwise with a lab than when it had just come up; empty when nothing is. */
export const changesOf = async (lab: string): Promise<string[]> => {
  const open = (await readOpenFaults(lab)).map(({ machine, fault }) => `${fault} of ${machine} is open`);
  const status: Status = JSON.parse(await said(lab, 'status', '--format', 'json'));
  const off = status.machines
    .filter(({ state }) => state !== 'running')
    .map(({ name, state }) => `${name} is ${state}`);
  const holders = status.machines.filter(({ holdsVip }) => holdsVip).map(({ name }) => name);
  const drift = await said(lab, 'generate', '--dry-run');
  const units = await Promise.all(
    machines.map(async (machine) => {
      const state = await said(lab, 'exec', machine, '--', 'sh', '-c', 'systemctl is-system-running || :');
      return state === 'running' ? [] : [`${machine} is ${state}`];
    }),
  );
  return [
    ...open,
    ...off,
    ...(holders.length === 1 ? [] : [`the VIP is held by ${holders.join(' and ') || 'nobody'}`]),
    ...(drift === '' ? [] : [`its files are other than its lab.yaml makes them: ${drift}`]),
    ...units.flat(),
    ...(await notReady(lab)),
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
  test.serial.before('the shared lab is up', async (t) => {
    if ((await isLab(lab)) && (await changesAtLast(lab)).length === 0) return;
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
  });
  return lab;
};
