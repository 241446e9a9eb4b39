import test from 'ava';
import fc from 'fast-check';
import { latencies, percentiles } from '../../src/check/latencies.js';
import type { History, ProbeEvent } from '../../src/model/history.js';

const probe = (id: number, changes: Partial<ProbeEvent> = {}): ProbeEvent => ({
  type: 'probe',
  atMs: id * 10,
  id,
  part: 'static',
  path: '/',
  latenessMs: 0.25,
  latencyMs: 3,
  result: 'ok',
  status: 200,
  ...changes,
});

const run = (probes: readonly ProbeEvent[]): History => [
  {
    type: 'run-started',
    atMs: 0,
    scenario: {
      id: 'test',
      title: 'test',
      why: 'test',
      beforeMs: 0,
      faults: [],
      afterMs: 0,
      repeat: 1,
      expect: { writes: 'any' },
    },
    repetition: 1,
    attempt: 1,
    wallClock: '2026-11-22T19:05:08.123Z',
    ratePerSecond: 100,
    limitMs: 500,
  },
  ...probes,
  { type: 'run-ended', atMs: 10_000 },
];

const within = (seen: number | undefined, wanted: number): boolean =>
  seen !== undefined && Math.abs(seen - wanted) <= wanted / 1000 + 0.001;

test('latencies of 1 to 1000 ms are read at their ranks', (t) => {
  const all = Array.from({ length: 1000 }, (_, id) => probe(id, { latencyMs: (id + 1) / 2 }));
  const { latency } = latencies(run(all));
  t.is(latency?.count, 1000);
  const wanted = { p50: 250, p90: 450, p99: 495, p999: 499.5, max: 500 };
  for (const [name, value] of Object.entries(wanted))
    t.true(within(latency?.[name as keyof typeof wanted], value), `${name} ${JSON.stringify(latency)}`);
});

test('only good probes have a latency, but every probe has a lateness', (t) => {
  const { latency, lateness } = latencies(
    run([
      probe(0),
      probe(1, { latencyMs: 501 }),
      probe(2, { result: 'timeout', latencyMs: 900 }),
      probe(3, { result: 'wrong', status: 503, latencyMs: 80 }),
      probe(4, { result: 'error', latencyMs: 0.4, latenessMs: 40 }),
    ]),
  );
  t.is(latency?.count, 1);
  t.true(within(latency?.max, 3));
  t.is(lateness?.count, 5);
  t.true(within(lateness?.max, 40));
  t.true(within(lateness?.p50, 0.25));
});

test('where nothing was answered well there is no latency, and without a probe nothing at all', (t) => {
  t.deepEqual(Object.keys(latencies(run([probe(0, { result: 'error' })]))), ['lateness']);
  t.deepEqual(latencies(run([])), {});
  t.deepEqual(latencies([]), {});
});

test('whatever the durations, each percentile is one of them within a thousandth, in order', (t) => {
  const durations = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(durations, (all) => {
      const found = percentiles(all);
      if (found === undefined) return false;
      const { p50, p90, p99, p999, max } = found;
      const ordered = p50 <= p90 && p90 <= p99 && p99 <= p999 && p999 <= max;
      return (
        ordered && within(max, Math.max(...all)) && [p50, p99].every((each) => all.some((one) => within(each, one)))
      );
    }),
  );
  t.pass();
});
