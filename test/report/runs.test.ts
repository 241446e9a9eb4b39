import test from 'ava';
import type { HistoryEvent, VerificationRecord } from '../../src/model/history.js';
import { runFactsOf } from '../../src/report/run-facts.js';
import { runsByScenario, worstRunOf } from '../../src/report/runs.js';
import { record, started } from './records.js';

const powerCut = runsByScenario(record).get('power-cut') ?? [];

test('the runs of a scenario come in order', (t) => {
  t.deepEqual(
    powerCut.map(({ started: { repetition } }) => repetition),
    [1, 2, 3, 4, 5],
  );
  t.is(runsByScenario(record).size, 9);
});

test('of a repetition that was tried again the last try counts', (t) => {
  const [first, second] = powerCut;
  const again = (second?.history ?? []).map(
    (event): HistoryEvent => (event.type === 'run-started' ? { ...event, repetition: 1, attempt: 2 } : event),
  );
  const runs = runsByScenario([started, ...(first?.history ?? []), ...again]).get('power-cut') ?? [];
  t.is(runs.length, 1);
  t.is(runs[0]?.started.attempt, 2);
  t.is(runs[0]?.outageMs, second?.outageMs);
});

test('the worst run is the gravest, and among those the one with the longest outage', (t) => {
  t.is(worstRunOf(powerCut)?.started.repetition, 4);
  const [first] = powerCut;
  const split = (first?.history ?? []).map(
    (event): HistoryEvent =>
      event.type === 'vip' && event.holders.length === 0 ? { ...event, holders: ['lb1', 'lb2'] } : event,
  );
  const failed = runsByScenario(split).get('power-cut') ?? [];
  t.is(worstRunOf([...powerCut, ...failed]), failed[0]);
});

test('what a record says of the run as a whole comes from its start and its end', (t) => {
  const facts = runFactsOf(record);
  t.is(facts.lab, 'scale-up');
  t.is(facts.provider, started.plan.provider);
  t.is(facts.startedAt, '2026-11-22T19:05:08.123Z');
  t.is(facts.durationMs, 96_400);
  t.is(facts.scenarios?.length, 9);
});

test('a record that was cut off lasted until the last that it tells', (t) => {
  const cut: VerificationRecord = [
    started,
    { ...(powerCut[0]?.started as HistoryEvent & { type: 'run-started' }), wallClock: '2026-11-22T19:05:18.123Z' },
    { type: 'well', atMs: 1234 },
  ];
  t.is(runFactsOf(cut).durationMs, 11_234);
  t.is(runFactsOf([started]).durationMs, 0);
  t.throws(() => runFactsOf([]), { message: /verification-started/ });
});
