import test from 'ava';
import { faultOffsetMs } from '../../src/plan/fault-offset.js';

const plan = { vrrp: { advertMs: 1000 } };
const offsets = (of: Parameters<typeof faultOffsetMs>[0], runs: number): number[] =>
  Array.from({ length: runs }, (_, index) => faultOffsetMs(of, index + 1, plan));
const untilSure = { sharePercent: 95, confidencePercent: 95 };

test('a single run begins its faults when its scenario says', (t) => {
  t.deepEqual(offsets({ repeat: 1 }, 1), [0]);
});

test('the faults of several runs are spread evenly over the advert interval', (t) => {
  t.deepEqual(offsets({ repeat: 5 }, 5), [0, 200, 400, 600, 800]);
  t.is(faultOffsetMs({ repeat: 20 }, 20, { vrrp: { advertMs: 100 } }), 95);
});

test('where nobody knows how many there will be, those played so far are spread as evenly as can be', (t) => {
  const all = offsets({ repeat: 59, untilSure }, 70);
  t.deepEqual(all.slice(0, 4), [0, 618, 236, 854]);
  for (const count of [5, 13, 29, 59, 70]) {
    const sorted = [...all.slice(0, count), 1000].sort((one, other) => one - other);
    const gaps = sorted.slice(1).map((offset, index) => offset - (sorted[index] ?? 0));
    t.true(Math.max(...gaps) <= 2000 / count + 2, `${count}: ${Math.max(...gaps)}`);
  }
});

test('the same run has the same offset each time', (t) => {
  t.deepEqual(offsets({ repeat: 59, untilSure }, 10), offsets({ repeat: 59, untilSure }, 10));
});
