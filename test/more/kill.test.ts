import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readOpenFaults } from '../../src/campaign/open-faults.js';
import { exists } from '../../src/host/files.js';
import { planOf } from '../../src/plan/plan.js';
import { containerProvider } from '../../src/providers/container/container.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { type Killed, killed, killedInTime, type Moment } from '../rig/killed.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';
import { labIdOf, traces } from '../rig/traces.js';

/** Quintet itself is killed with -9, over and over: whatever it was doing, the next command goes on from there. */

const { room, lab } = await ownLab();

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
const alike = inMatrix(real);

const ok = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const ran = await quintet(lab, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const states = async (t: ExecutionContext): Promise<string[]> => {
  const { machines } = JSON.parse(await ok(t, 'status', '--format', 'json'));
  return machines.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
};
const allRunning = ['lb1', 'lb2', 'web', 'app', 'db'].map((name) => `${name} running`);

const destroyed = async (t: ExecutionContext): Promise<void> => {
  await ok(t, 'destroy', '--yes');
  t.deepEqual(await traces(await labIdOf(lab)), []);
};

const killedIn = async (t: ExecutionContext, moment: Moment, ...argv: string[]): Promise<Killed> => {
  const ended = await killedInTime(lab, argv, moment);
  t.log(`killed after: ${ended.said.trim().split('\n').at(-1)}`);
  return ended;
};

/** How long a whole `up` takes here, with the base there. */
let upMs = 0;

real('a lab is written', async (t) => {
  const made = await quintet(room, 'init', 'lab', '--yes', '--set', 'provider=container');
  t.is(made.exitCode, 0, words(made));
});

alike('it comes up, for the measure', async (t) => {
  const measured = async () => {
    const began = performance.now();
    const ran = await quintet(lab, 'up');
    t.is(ran.exitCode, 0, words(ran));
    upMs = performance.now() - began;
    await destroyed(t);
    return ran.stderr;
  };
  if (/build the/.test(await measured())) await measured();
  t.log(`up takes ${(upMs / 1000).toFixed(1)} s`);
});

interface Kill {
  readonly title: string;
  readonly moment: () => Moment;
  /** Whether the lab that comes of it is also checked at rest. */
  readonly verified?: boolean;
}

const said = (title: string, moment: RegExp): Kill => ({ title, moment: () => moment, verified: true });

const kills = matrix<Kill>(
  [said('while up uploads', /provision …/)],
  [
    { title: 'after the first 0.2 s of up', moment: () => 200 },
    said('while up starts the machines', /start …/),
    said('when up has provisioned the first machine', /provision … done/),
    { title: 'after 80 % of up', moment: () => 0.8 * upMs },
  ],
);

for (const { title, moment, verified = false } of kills) {
  real(`killed ${title}, the next up succeeds`, async (t) => {
    await destroyed(t);
    const { inTime } = await killedIn(t, moment(), 'up');
    if (verified) t.true(inTime);
    await ok(t, 'up');
    t.deepEqual(await states(t), allRunning);
    if (verified) await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
  });
}

const faultIsOpen = async (): Promise<boolean> => (await readOpenFaults(lab)).length > 0;
/** It has not only been written down, but been made: what it does to its machine is there. */
const faultIsMade = async (): Promise<boolean> => {
  const [open] = await readOpenFaults(lab);
  if (open === undefined) return false;
  const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
  const provider = containerProvider({ folder: lab, id: await labIdOf(lab), plan });
  if ((await provider.state(open.machine)) !== 'running') return open.fault === 'power-cut';
  if (open.fault !== 'cable-cut') return false;
  const carrier = await provider.exec(open.machine, ['cat', '/sys/class/net/host0/carrier'], { timeoutMs: 5000 });
  return carrier.stdout.trim() === '0';
};

alike('killed while a cable is cut, heal plugs it in again', async (t) => {
  t.true((await killedIn(t, faultIsMade, 'verify', 'cable-cut')).inTime);
  const [open] = await readOpenFaults(lab);
  t.is(open?.fault, 'cable-cut');
  const healed = await quintet(lab, 'heal');
  t.is(healed.exitCode, 0, words(healed));
  t.regex(healed.stderr, /One fault undone/);
  t.deepEqual(await readOpenFaults(lab), []);
  t.regex(await ok(t, 'exec', open?.machine ?? '', '--', 'cat', '/sys/class/net/host0/carrier'), /1/);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

type FaultKill = readonly [fault: string, scenario: string, moment: () => Promise<boolean>];
const faultKills: readonly FaultKill[] = [
  ['the power is cut', 'power-cut', faultIsMade],
  ['HAProxy is about to be killed', 'haproxy-killed', faultIsOpen],
];
for (const [fault, scenario, moment] of faultKills) {
  alike(`killed while ${fault}, the next verify mends it first`, async (t) => {
    t.true((await killedIn(t, moment, 'verify', scenario)).inTime);
    await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
    t.deepEqual(await readOpenFaults(lab), []);
    t.deepEqual(await states(t), allRunning);
  });
}

real('killed while it destroys, the next destroy leaves nothing', async (t) => {
  await ok(t, 'up');
  const ended = await killedIn(t, /destroy …/, 'destroy', '--yes');
  t.true(ended.inTime);
  await destroyed(t);
});

alike('killed while it destroys, up makes whole what is left', async (t) => {
  await ok(t, 'up');
  t.true((await killedIn(t, /destroy … done/, 'destroy', '--yes')).inTime);
  await ok(t, 'up');
  t.deepEqual(await states(t), allRunning);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

real('a lab that was killed so often goes without a trace', async (t) => {
  await destroyed(t);
});

/** A lab that validates, with everything that follows from its lab.yaml: generating again would change nothing. */
const isWhole = async (folder: string): Promise<boolean> => {
  const [valid, dry] = await Promise.all([quintet(folder, 'validate'), quintet(folder, 'generate', '--dry-run')]);
  return valid.exitCode === 0 && dry.exitCode === 0 && dry.stdout === '';
};

for (const [there, moments] of [
  [false, matrix(['machines'], ['', '.quintet/ca/ca.crt'])],
  [true, matrix(['.quintet'], ['lab.yaml', 'topology.svg'])],
] as const) {
  test(`killed while it makes a lab in ${there ? 'an empty' : 'a new'} folder, nothing is half-written`, async (t) => {
    for (const written of moments) {
      const cwd = await temporaryFolder(t);
      const argv = there ? ['-C', '.', 'init', '--yes'] : ['init', 'lab', '--yes'];
      const folder = there ? cwd : join(cwd, 'lab');
      const halfMade = async () => {
        const temporary = (await readdir(cwd)).find((name) => name.includes('.quintet-new-'));
        return temporary !== undefined && exists(join(cwd, temporary, written));
      };
      t.true((await killed(cwd, argv, halfMade)).inTime, `no kill while ${written} was there`);
      t.false(await exists(join(folder, 'lab.yaml')), `a lab, though killed when ${written} was there`);
      const again = await quintet(cwd, ...argv);
      t.is(again.exitCode, 0, words(again));
      t.true(await isWhole(folder), written);
      const left = (await readdir(cwd)).filter((name) => /quintet-new|tmp$/.test(name));
      t.deepEqual(left, [], written);
    }
  });
}
