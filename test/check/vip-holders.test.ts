import test from 'ava';
import { gaps, judgeVip, overlaps } from '../../src/check/vip-holders.js';
import type { History, HistoryEvent } from '../../src/model/history.js';
import { runStarted, vip } from './histories.js';

const run = (...events: HistoryEvent[]): History => [runStarted, ...events, { type: 'run-ended', atMs: 4000 }];

test('one holder handing over to another passes, and the gap is measured', (t) => {
  const moved = run(vip(0, 'lb1'), vip(1000), vip(1300, 'lb2'));
  const { outcome, detail, measures } = judgeVip(moved);
  t.is(outcome, 'pass');
  t.is(detail, 'lb2 holds the VIP');
  t.deepEqual(gaps(moved), [{ fromMs: 1000, toMs: 1300, holders: [] }]);
  t.is(measures?.find((each) => each.name === 'VIP held by none')?.value, 300);
});

test('two holders for longer than the tolerance are a split brain', (t) => {
  const split = run(vip(0, 'lb1'), vip(1000, 'lb1', 'lb2'), vip(1101, 'lb2'));
  const { outcome, detail } = judgeVip(split);
  t.is(outcome, 'fail');
  t.is(detail, 'split brain: lb1 and lb2 held the VIP together for 101 ms');
  t.deepEqual(overlaps(split), [{ fromMs: 1000, toMs: 1101, holders: ['lb1', 'lb2'] }]);
});

test('two holders for a moment, as two pipes may tell it, are no split brain', (t) => {
  t.is(judgeVip(run(vip(0, 'lb1'), vip(1000, 'lb1', 'lb2'), vip(1100, 'lb2'))).outcome, 'pass');
});

test('two holders or none at the end fail, however short it is', (t) => {
  t.is(judgeVip(run(vip(0, 'lb1'), vip(3999, 'lb1', 'lb2'))).outcome, 'fail');
  t.is(judgeVip(run(vip(0, 'lb1'), vip(3999))).outcome, 'fail');
});

test('where nobody said who holds the VIP it is unknown', (t) => {
  t.is(judgeVip(run()).outcome, 'unknown');
});
