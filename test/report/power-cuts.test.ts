import test from 'ava';
import type { HistoryEvent, VerificationRecord } from '../../src/model/history.js';
import { scheduled } from '../../src/plan/expectation.js';
import { machineCut, powerCuts } from '../../src/plan/power-cuts.js';
import { powerCutsIn } from '../../src/report/power-cuts.js';
import { plan, started } from './records.js';

const cuts = powerCuts(plan).map((each) => scheduled(each, plan));

/** A run of a cut in which the dynamic part was away from 1 s to `backMs`, and writes as well. */
const runOf = (machine: string, backMs: number, kept: boolean, repetition = 1): HistoryEvent[] => {
  const scenario = cuts.find((each) => machineCut(each) === machine);
  if (scenario === undefined) throw new Error(`there is no ${machine}`);
  const gone = (atMs: number) => atMs >= 1000 && atMs < backMs;
  const due = Array.from({ length: 100 }, (_, index) => index * 40);
  const ids = due.filter((atMs) => !gone(atMs)).map((atMs) => `${machine}-${repetition}-${atMs}`);
  return [
    {
      type: 'run-started',
      atMs: 0,
      scenario,
      repetition,
      attempt: 1,
      wallClock: started.wallClock,
      ratePerSecond: 50,
      limitMs: 500,
    },
    ...due.flatMap((atMs, id): HistoryEvent[] => [
      {
        type: 'probe',
        atMs,
        id: 2 * id,
        part: 'static',
        path: '/',
        latenessMs: 0,
        latencyMs: 5,
        result: 'ok',
        status: 200,
      },
      {
        type: 'probe',
        atMs,
        id: 2 * id + 1,
        part: 'dynamic',
        path: '/api/health',
        latenessMs: 0,
        latencyMs: 5,
        ...(gone(atMs) ? { result: 'wrong', status: 503 } : { result: 'ok', status: 200 }),
      },
      {
        type: 'write',
        atMs,
        id: `${machine}-${repetition}-${atMs}`,
        latenessMs: 0,
        latencyMs: 9,
        ...(gone(atMs) ? { result: 'failed', status: 429 } : { result: 'acknowledged', status: 201 }),
      },
    ]),
    { type: 'fault', atMs: 1000, machine, fault: 'power-cut', tookMs: 10 },
    { type: 'heal', atMs: 2900, machine, fault: 'power-cut', tookMs: 10 },
    { type: 'well', atMs: 3500 },
    { type: 'read-back', atMs: 4000, ids: kept ? ids : ids.slice(2) },
    { type: 'run-ended', atMs: 4100 },
  ];
};

const whole = (...runs: readonly HistoryEvent[][]): VerificationRecord => [
  started,
  ...runs.flat(),
  { type: 'verification-ended', durationMs: 1 },
];

test('each machine has a cut of its own, longer than a standby waits for silence', (t) => {
  t.deepEqual(
    cuts.map(machineCut),
    plan.machines.map(({ name }) => name),
  );
  for (const { faults } of cuts) t.true((faults[0]?.forMs ?? 0) > plan.vrrp.masterDownMs);
  t.is(machineCut({ id: 'power-cut' }), undefined);
});

test('of several runs the longest absence counts, of each thing by itself', (t) => {
  const found = powerCutsIn(whole(runOf('app', 2000, true), runOf('app', 2600, true, 2)));
  t.is(found?.lab, 'scale-up');
  const [app, ...others] = found?.points ?? [];
  t.deepEqual(others, []);
  t.is(app?.machine, 'app');
  t.is(app?.runs, 2);
  t.deepEqual(app?.away, { pagesMs: 0, dynamicMs: 1600, writesMs: 1600 });
  t.is(app?.writesLost, 0);
  t.is(app?.outcome, 'pass');
});

test('a write that was acknowledged and is gone is counted, and the cut has failed', (t) => {
  const [db] = powerCutsIn(whole(runOf('db', 2000, false)))?.points ?? [];
  t.is(db?.outcome, 'fail');
  t.is(db?.writesLost, 2);
});

test('what could not be found out has no figures', (t) => {
  const cutOff = runOf('web', 2000, true).slice(0, 40);
  const [web] = powerCutsIn(whole(cutOff))?.points ?? [];
  t.is(web?.outcome, 'unknown');
  t.is(web?.away, undefined);
  t.is(web?.writesLost, undefined);
});

test('a record without a power cut of this kind is none', (t) => {
  t.is(powerCutsIn(whole()), undefined);
  t.is(powerCutsIn([]), undefined);
});
