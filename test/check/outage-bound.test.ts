import test from 'ava';
import { judgeOutage } from '../../src/check/outage-bound.js';
import type { History, HistoryEvent } from '../../src/model/history.js';
import { between, fault, history, probes, refused, runStarted } from './histories.js';

const without = (type: HistoryEvent['type'], of: History): History => of.filter((event) => event.type !== type);
const outage300 = between(1000, 1300, refused);

test('an outage within the bound passes and is measured', (t) => {
  const { outcome, detail, measures } = judgeOutage(history(outage300), 400);
  t.is(outcome, 'pass');
  t.is(detail, 'outage 310 ms of at most 400 ms');
  t.deepEqual(measures?.[0], { name: 'outage', value: 310, unit: 'ms', atMost: 400 });
  t.is(measures?.find((each) => each.name === 'failed')?.value, 30);
});

test('an outage beyond the bound fails', (t) => {
  const { outcome, detail } = judgeOutage(history(outage300), 300);
  t.is(outcome, 'fail');
  t.is(detail, 'outage 310 ms of at most 300 ms');
});

test('several outages count together', (t) => {
  const twice = history((probe) => outage300(probe) ?? between(2000, 2300, refused)(probe));
  t.is(judgeOutage(twice, 400).outcome, 'fail');
  t.is(judgeOutage(twice, 700).outcome, 'pass');
});

test('without a bound any outage passes that was seen to end', (t) => {
  t.is(judgeOutage(history(outage300)).outcome, 'pass');
  t.is(judgeOutage(history(between(3000, 4000, refused))).outcome, 'unknown');
});

test('a run without any probe is unknown, never a pass', (t) => {
  t.is(judgeOutage(without('probe', history()), 400).outcome, 'unknown');
  t.is(judgeOutage([], 400).outcome, 'unknown');
});

test('a run in which no fault was made is unknown', (t) => {
  t.is(judgeOutage(without('fault', history()), 400).outcome, 'unknown');
});

test('a run that never ended is unknown', (t) => {
  t.is(judgeOutage(without('run-ended', history()), 400).outcome, 'unknown');
});

test('a prober that died half-way makes the run unknown', (t) => {
  const half = [runStarted, ...probes(2000), fault(), { type: 'run-ended', atMs: 4000 } as const];
  const { outcome, detail } = judgeOutage(half, 400);
  t.is(outcome, 'unknown');
  t.regex(detail, /probing stopped 2010 ms before the run ended/);
});

test('probes that were sent and never reported make the run unknown', (t) => {
  const lossy = history().filter((event) => !(event.type === 'probe' && event.id === 250));
  const { outcome, detail } = judgeOutage(lossy, 400);
  t.is(outcome, 'unknown');
  t.regex(detail, /1 probes were sent but never reported/);
});

test('a prober so late that the outage could be beyond the bound is unknown', (t) => {
  const busy = history((probe) => (probe.id % 5 === 0 ? { latenessMs: 60 } : undefined));
  const { outcome, detail } = judgeOutage(busy, 400);
  t.is(outcome, 'unknown');
  t.is(detail, 'this computer was too busy to measure: the outage lasted between 0 ms and 1,600 ms');
});

test('a late probe that could decide either way makes the outage unknown', (t) => {
  const late = history((probe) => between(1300, 1330, { latenessMs: 70 })(probe) ?? outage300(probe));
  t.is(judgeOutage(late, 330).outcome, 'unknown');
  t.is(judgeOutage(late, 400).outcome, 'pass');
  t.is(judgeOutage(late, 250).outcome, 'fail');
});

test('a site that failed before the fault was made says nothing about the fault', (t) => {
  const { outcome, detail } = judgeOutage(history(between(100, 130, refused)), 400);
  t.is(outcome, 'unknown');
  t.is(detail, 'the site failed before the fault was made');
});

test('a probe in flight when the fault is made may fail', (t) => {
  t.is(judgeOutage(history(between(990, 1300, refused)), 400).outcome, 'pass');
});
