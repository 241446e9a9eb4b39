import test from 'ava';
import { longestMs, outages, totalMs } from '../../src/check/outages.js';
import { between, history, refused } from './histories.js';

test('where every probe is answered there is no outage', (t) => {
  t.deepEqual(outages(history()), []);
});

test('an outage lasts from the first bad probe due to the first good one due after it', (t) => {
  t.deepEqual(outages(history(between(1000, 1300, refused))), [{ fromMs: 1000, toMs: 1310, open: false }]);
});

test('an answer after the limit does not count', (t) => {
  t.deepEqual(outages(history(between(1000, 1100, { latencyMs: 501 }))), [{ fromMs: 1000, toMs: 1110, open: false }]);
  t.deepEqual(outages(history(between(1000, 1100, { latencyMs: 500 }))), []);
});

test('an answer with the wrong content does not count', (t) => {
  t.is(outages(history(between(1000, 1100, { result: 'wrong', status: 503 }))).length, 1);
});

test('two outages are told apart, and added up', (t) => {
  const all = outages(history((probe) => between(1000, 1100, refused)(probe) ?? between(2000, 2300, refused)(probe)));
  t.is(all.length, 2);
  t.is(totalMs(all), 110 + 310);
  t.is(longestMs(all), 310);
});

test('while one path fails and the other answers the outage is one and whole', (t) => {
  const dynamicGone = history((probe) => (probe.path === '/' ? undefined : between(1000, 1400, refused)(probe)));
  t.deepEqual(outages(dynamicGone), [{ fromMs: 1010, toMs: 1410, open: false }]);
});

test('an outage that nobody saw end is open and lasts to the end of the run', (t) => {
  t.deepEqual(outages(history(between(3000, 4000, refused))), [{ fromMs: 3000, toMs: 4000, open: true }]);
});

test('probes may arrive in any order', (t) => {
  const shuffled = [...history(between(1000, 1300, refused))].reverse();
  t.deepEqual(outages(shuffled), [{ fromMs: 1000, toMs: 1310, open: false }]);
});

test('a probe sent late proves nothing: it counts as good for the least and as bad for the most', (t) => {
  const late = history(between(1000, 1040, { latenessMs: 80, latencyMs: 90 }));
  t.is(totalMs(outages(late, 'good')), 0);
  t.is(totalMs(outages(late, 'bad')), 50);
});
