import test from 'ava';
import { scheduled } from '../../src/plan/expectation.js';
import { planOf } from '../../src/plan/plan.js';
import { type RandomFault, randomFaults, randomRows, randomScenario, smaller } from '../../src/plan/random-scenario.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** One of every role. */
const machines = {
  ...labSchema.parse({}).machines,
  monitor: { roles: ['monitoring'] },
  cache: { roles: ['cache'] },
  backup: { roles: ['backup'] },
};
const plan = planOf(labSchema.parse({ machines }));
const episodes = Array.from({ length: 300 }, (_, index) => randomFaults(7, index + 1, plan));

test('the same seed chooses the same faults, another seed others', (t) => {
  const again = Array.from({ length: 300 }, (_, index) => randomFaults(7, index + 1, plan));
  t.deepEqual(again, episodes);
  t.notDeepEqual(
    Array.from({ length: 300 }, (_, index) => randomFaults(8, index + 1, plan)),
    episodes,
  );
});

test('every kind of fault is chosen sooner or later, and every machine hit', (t) => {
  const all = episodes.flat();
  for (const { settings } of randomRows) t.true(all.some((fault) => fault.settings === settings));
  for (const { name } of plan.machines) t.true(all.some((fault) => fault.machine === name));
});

test('an episode never has two faults on one machine, and each fits the machine', (t) => {
  for (const faults of episodes) {
    t.is(new Set(faults.map(({ machine }) => machine)).size, faults.length);
    for (const { machine, role } of faults) {
      t.true(plan.machines.find(({ name }) => name === machine)?.roles.includes(role));
    }
  }
});

test('every episode is a scenario that can be scheduled', (t) => {
  for (const [index, faults] of episodes.entries()) {
    t.notThrows(() => scheduled(randomScenario(`random-7-${index + 1}`, faults), plan));
  }
});

const fault = (machine: string, role: string, kind: string): RandomFault => ({
  ...(randomRows.find((row) => row.role === role && row.settings.fault === kind) as RandomFault),
  machine,
  atMs: 0,
  forMs: 1000,
});
const expectationOf = (...faults: RandomFault[]) => scheduled(randomScenario('random', faults), plan).expect;
const lb1Killed = fault('lb1', 'load-balancer', 'process-killed');
const lb2Cut = fault('lb2', 'load-balancer', 'power-cut');
const webKilled = fault('web', 'web', 'process-killed');

test('one load balancer alone keeps the bound of its fault', (t) => {
  t.is(expectationOf(lb1Killed).static?.outageAtMostMs, 250);
  t.is(expectationOf(lb1Killed).vip?.heldByOne, true);
});

test('with both load balancers hit nothing but a good end is asked for', (t) => {
  const { static: site } = expectationOf(lb1Killed, lb2Cut);
  t.is(site?.outageAtMostMs, undefined);
  t.is(site?.backWithinMs, 20_000);
});

test('a web server that is hit takes static and dynamic pages with it, an app server dynamic ones alone', (t) => {
  t.is(expectationOf(webKilled).static?.outageAtMostMs, undefined);
  const appCut = fault('app', 'app', 'power-cut');
  t.is(expectationOf(appCut).static?.outageAtMostMs, 100);
  t.is(expectationOf(appCut).dynamic?.outageAtMostMs, undefined);
});

test('load balancers that are parted, or of which one wakes up, may both hold the VIP', (t) => {
  t.is(expectationOf(fault('lb1', 'load-balancer', 'vrrp-partition')).vip?.heldByOne, false);
  t.is(expectationOf(fault('lb1', 'load-balancer', 'machine-paused')).vip?.heldByOne, false);
});

test('smaller schedules are parts of the failing one, and a single fault has none', (t) => {
  const three = [lb1Killed, lb2Cut, webKilled];
  t.deepEqual(
    smaller(three).map((part) => part.length),
    [1, 1, 1, 2, 2, 2],
  );
  t.true(smaller(three).every((part) => part.every((each) => three.includes(each))));
  t.deepEqual(smaller([lb1Killed]), []);
  t.is(smaller([lb1Killed, lb2Cut]).length, 2);
});
