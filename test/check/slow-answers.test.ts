import test from 'ava';
import { slowAnswers } from '../../src/check/slow-answers.js';
import { between, history, refused, without } from './histories.js';

const figuresOf = (of: ReturnType<typeof history>) =>
  Object.fromEntries(slowAnswers(of).measures?.map(({ name, value }) => [name, Math.round(value)]) ?? []);

test('good answers that took more than half the limit are counted as slow, and never fail', (t) => {
  const slow = history((probe) =>
    probe.id < 100 ? { latencyMs: 251 } : probe.id < 120 ? { latencyMs: 250 } : between(2000, 2500, refused)(probe),
  );
  t.deepEqual(figuresOf(slow), { slow: 100, 'latency p50': 3, 'latency p99': 251 });
  t.is(slowAnswers(slow).outcome, 'skipped');
});

test('an answer beyond the limit is an outage, not slow', (t) => {
  t.is(figuresOf(history(between(1000, 1100, { latencyMs: 501 }))).slow, 0);
});

test('where nothing was answered there is no latency', (t) => {
  t.deepEqual(figuresOf(without(history(), 'probe')), { slow: 0 });
});
