import test from 'ava';
import { gaps, overlaps, succession, within } from '../../src/check/vip-holders.js';
import type { History, HistoryEvent } from '../../src/model/history.js';
import { runStarted, vip } from './histories.js';

const run = (...events: HistoryEvent[]): History => [runStarted, ...events, { type: 'run-ended', atMs: 4000 }];

test('times without a holder and with several are told apart', (t) => {
  const both = run(vip(0, 'lb1'), vip(1000), vip(1300, 'lb2'), vip(2000, 'lb1', 'lb2'));
  t.deepEqual(gaps(both), [{ fromMs: 1000, toMs: 1300, holders: [] }]);
  t.deepEqual(overlaps(both), [{ fromMs: 2000, toMs: 4000, holders: ['lb1', 'lb2'] }]);
});

test('who held it alone is told in order, nobody twice in a row', (t) => {
  t.deepEqual(
    succession(run(vip(0, 'lb1'), vip(1000), vip(1100, 'lb1'), vip(1300, 'lb2'), vip(2000, 'lb1', 'lb2'))).map(
      ({ holder }) => holder,
    ),
    ['lb1', 'lb2'],
  );
  t.deepEqual(succession(run(vip(0))), []);
});

test('of a stretch of time only what lies between two moments counts', (t) => {
  const windows = overlaps(run(vip(0, 'lb1', 'lb2'), vip(1000, 'lb1'), vip(3000, 'lb1', 'lb2')));
  t.deepEqual(within(windows, 500, 2000), [{ fromMs: 500, toMs: 1000, holders: ['lb1', 'lb2'] }]);
});
