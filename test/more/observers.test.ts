import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Ground } from '../../src/campaign/ground.js';
import { journalsOf } from '../../src/campaign/observers/journals.js';
import { type Observed, type Observers, observe } from '../../src/campaign/observers/observers.js';
import { versionsOf } from '../../src/campaign/observers/versions.js';
import { openVantage, type Vantage } from '../../src/campaign/vantage.js';
import { waitUntilWell } from '../../src/campaign/well.js';
import { systemClock } from '../../src/host/clock.js';
import { planOf } from '../../src/plan/plan.js';
import { containerProvider } from '../../src/providers/container/container.js';
import type { Provider } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { sharedLab } from '../rig/shared-lab.js';
import { labIdOf } from '../rig/traces.js';

/** What the observers see of a lab of real containers. */

const lab = sharedLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const began = performance.now();
let provider: Provider;
let vantage: Vantage | undefined;
let ground: Ground;
let observers: Observers | undefined;
/** Everything seen, each with when it happened. */
const seen: (Observed & { readonly atMs: number })[] = [];

test.after.always(async () => {
  await observers?.close();
  await vantage?.close();
});

/** Whether an event bears all that is given. */
const bears = (event: Observed, given: object): boolean =>
  Object.entries(given).every(([key, value]) => String(event[key as keyof Observed]) === String(value));

/** Waits until an event was seen from the `from`th on, and returns when it happened. */
const whenSeen = async (t: ExecutionContext, from: number, given: Partial<Observed> & object): Promise<number> => {
  for (let left = 400; left > 0; left -= 1) {
    const found = seen.slice(from).find((event) => bears(event, given));
    if (found) return found.atMs;
    await delay(25);
  }
  t.fail(
    `never seen: ${JSON.stringify(given)} among\n${seen
      .slice(from)
      .map((each) => JSON.stringify(each))
      .join('\n')}`,
  );
  return Number.NaN;
};

const well = async (t: ExecutionContext) => t.deepEqual(await waitUntilWell(ground, { mostMs: 60_000 }), []);
const holderAndStandby = (): readonly [string, string] => {
  const [holder = ''] = observers?.holders() ?? [];
  return [holder, holder === 'lb1' ? 'lb2' : 'lb1'];
};

real('how a lab stands is seen at once', async (t) => {
  const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
  provider = containerProvider({ folder: lab, id: await labIdOf(lab), plan });
  vantage = openVantage(provider);
  const ca = await readFile(join(lab, '.quintet', 'ca', 'ca.crt'), 'utf8');
  ground = { plan, provider, vantage, clock: systemClock, ca };
  await well(t);

  const fromMs = performance.now();
  observers = await observe(ground, (event, agoMs) => {
    seen.push({ ...event, atMs: performance.now() - began - agoMs });
  });
  t.log(`observing after ${Math.round(performance.now() - fromMs)} ms`);
  const [holder, standby] = holderAndStandby();
  const told = [
    { type: 'vip', holders: [holder] },
    { type: 'vrrp', machine: holder, state: 'master' },
    { type: 'vrrp', machine: standby, state: 'backup' },
    { type: 'arp', machine: holder },
    { type: 'backend', machine: 'lb1', server: 'web', up: true },
    { type: 'backend', machine: 'lb2', server: 'web', up: true },
  ];
  for (const each of told)
    t.true(
      seen.some((event) => bears(event, each)),
      JSON.stringify(each),
    );
  // A computer that is slow or busy tells of that too.
  t.is(seen.filter(({ type }) => type !== 'stall').length, told.length);
});

real('a power cut is seen from the election to the network', async (t) => {
  const [holder, standby] = holderAndStandby();
  const from = seen.length;
  const cutMs = performance.now() - began;
  await provider.faults.cutPower?.(holder);
  const lostMs = await whenSeen(t, from, { type: 'vip', holders: [] });
  const stoppedMs = await whenSeen(t, from, { type: 'vrrp', machine: holder, state: 'stopped' });
  const masterMs = await whenSeen(t, from, { type: 'vrrp', machine: standby, state: 'master' });
  const heldMs = await whenSeen(t, from, { type: 'vip', holders: [standby] });
  const arpMs = await whenSeen(t, from, { type: 'arp', machine: standby });
  const after = { lostMs, stoppedMs, masterMs, heldMs, arpMs };
  const since = Object.entries(after).map(([name, ms]) => `${name} ${(ms - cutMs).toFixed(1)}`);
  t.log(`after the cut: ${since.join(', ')}`);
  t.true(cutMs <= lostMs && lostMs < heldMs);
  // The other one waits for adverts that don't come, then keepalived says so, takes the address and tells the network.
  t.true(masterMs - cutMs > 2 * ground.plan.vrrp.advertMs);
  // How long that takes is judged by `verify`, which knows whether this computer had the time to give.
  t.true(Number.isFinite(arpMs));

  const on = seen.length;
  await provider.faults.restorePower?.(holder);
  await whenSeen(t, on, { type: 'vrrp', machine: holder, state: 'backup' });
  await well(t);
});

real('keepalived killed and stopped is seen, however it ended', async (t) => {
  const [, standby] = holderAndStandby();
  const killed = seen.length;
  await provider.exec(standby, ['pkill', '-KILL', '-x', 'keepalived']);
  const stoppedMs = await whenSeen(t, killed, { type: 'vrrp', machine: standby, state: 'stopped' });
  t.true((await whenSeen(t, killed, { type: 'vrrp', machine: standby, state: 'backup' })) > stoppedMs);
  const stopped = seen.length;
  await provider.exec(standby, ['systemctl', 'stop', 'keepalived']);
  await whenSeen(t, stopped, { type: 'vrrp', machine: standby, state: 'stopped' });
  const started = seen.length;
  await provider.exec(standby, ['systemctl', 'start', 'keepalived']);
  await whenSeen(t, started, { type: 'vrrp', machine: standby, state: 'backup' });
  await well(t);
});

real('both load balancers notice that the web server is gone and that it is back', async (t) => {
  const down = seen.length;
  await provider.exec('web', ['systemctl', 'stop', 'nginx']);
  for (const machine of ['lb1', 'lb2']) await whenSeen(t, down, { type: 'backend', machine, server: 'web', up: false });
  const up = seen.length;
  await provider.exec('web', ['systemctl', 'start', 'nginx']);
  for (const machine of ['lb1', 'lb2']) await whenSeen(t, up, { type: 'backend', machine, server: 'web', up: true });
  // whenSeen fails the test where it waits in vain.
  t.pass();
});

real('the journals tell what happened meanwhile, and only that', async (t) => {
  const journals = await journalsOf(ground, performance.now() - began);
  t.deepEqual([...journals.keys()], ['lb1', 'lb2', 'web', 'app', 'db']);
  const both = `${journals.get('lb1')}${journals.get('lb2')}`;
  t.regex(both, /Entering MASTER STATE/);
  t.regex(both, /Main process exited, code=killed/);
  t.regex(both, /Server web\/web is DOWN/);
  t.regex(journals.get('web') ?? '', /Stopped nginx\.service/);
  const short = await journalsOf(ground, 1);
  t.notRegex(short.get('lb1') ?? '', /Entering/);
});

real('a machine that is off says so in place of its journal and has no versions', async (t) => {
  await provider.faults.cutPower?.('app');
  t.regex((await journalsOf(ground, 1000)).get('app') ?? '', /can't be read: app is not running/);
  t.deepEqual((await versionsOf(ground)).app, {});
  await provider.faults.restorePower?.('app');
  await well(t);
});

real('the versions of what makes each role are known', async (t) => {
  const versions = await versionsOf(ground);
  t.log(JSON.stringify(versions));
  const programs = Object.entries(versions).map(([machine, known]) => [machine, Object.keys(known)]);
  t.deepEqual(programs, [
    ['lb1', ['haproxy', 'keepalived', 'kernel']],
    ['lb2', ['haproxy', 'keepalived', 'kernel']],
    ['web', ['nginx', 'openssl', 'kernel']],
    ['app', ['node', 'kernel']],
    ['db', ['mysql', 'kernel']],
  ]);
  t.true(Object.values(versions).every((known) => Object.values(known).every((version) => /^\d+\.\d+/.test(version))));
});

real('nothing of the observers is left when they are closed', async (t) => {
  const fromMs = performance.now();
  await observers?.close();
  t.log(`closed after ${Math.round(performance.now() - fromMs)} ms`);
  for (const machine of ['lb1', 'lb2']) {
    const { stdout } = await provider.exec(machine, ['ps', '-e', '-o', 'args=']);
    t.notRegex(stdout, /quintet-watch|monitor address|journalctl/);
  }
});
