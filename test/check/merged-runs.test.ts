import test from 'ava';
import { distributionOf, median } from '../../src/check/distribution.js';
import { mergedRuns } from '../../src/check/merged-runs.js';
import { judgeScenario } from '../../src/check/scenario.js';
import { between, expecting, fault, heal, history, refused, site, vip, withFaults, without } from './histories.js';

/** A run with an outage of so many milliseconds and 10, of which 400 may be. */
const run = (outageMs: number) => {
  const of = history(
    (probe) =>
      between(1000, 1000 + outageMs, refused)(probe) ??
      between(1000 + outageMs, 4000, { via: { loadBalancer: 'lb2' } })(probe),
    vip(1010),
    vip(990 + outageMs, 'lb2'),
  );
  return { finding: judgeScenario(of), history: of };
};
const unknown = () => {
  const of = without(history(), 'run-ended');
  return { finding: judgeScenario(of), history: of };
};

test('a single run stands as it is', (t) => {
  const one = run(100);
  t.is(mergedRuns([one]), one.finding);
});

test('of several runs the worst is reported, with how all of them lie', (t) => {
  const merged = mergedRuns([run(100), run(500), run(200)]);
  t.is(merged.outcome, 'fail');
  t.is(merged.detail, 'outage 510 ms of at most 400 ms (worst of 3 runs)');
  t.is(merged.durationMs, 12_000);
  t.deepEqual(merged.evidence?.slice(0, 2), [
    'run 1: pass, 10 of 400 requests failed; carried by lb1, then lb2',
    'run 2: fail, outage 510 ms of at most 400 ms',
  ]);
  t.deepEqual(merged.distribution, {
    runs: 3,
    minMs: 110,
    medianMs: 210,
    p95Ms: 510,
    maxMs: 510,
    boundMs: 400,
    phases: { detectionMs: 10, electionMs: 180, firstAnswerMs: 13 },
  });
});

test('among equally grave runs the one with the longest outage is reported', (t) => {
  t.is(mergedRuns([run(100), run(300), run(200)]).measures?.[0]?.value, 310);
});

test('a run that found nothing out makes the whole unknown and is not counted among the outages', (t) => {
  const merged = mergedRuns([run(100), unknown(), run(200)]);
  t.is(merged.outcome, 'unknown');
  t.is(merged.distribution?.runs, 2);
  t.is(merged.distribution?.maxMs, 210);
});

test('one known run alone is no distribution', (t) => {
  t.is(mergedRuns([run(100), unknown()]).distribution, undefined);
  t.is(distributionOf([]), undefined);
});

test('a single point of failure that one run proved stays proved', (t) => {
  const dies = { site: site({ outageExpected: true }) };
  const web = { machine: 'web' };
  const proved = expecting(withFaults(history(between(1000, 1900, refused)), fault(1000, web), heal(2000, web)), dies);
  const merged = mergedRuns([{ finding: judgeScenario(proved), history: proved }, unknown()]);
  t.is(merged.outcome, 'unknown');
  t.is(merged.singlePointOfFailure, 'web');
});

test('no runs at all can not be merged', (t) => {
  t.throws(() => mergedRuns([]), { message: 'no runs to merge' });
});

test('the median of an even number lies half-way between the two in the middle', (t) => {
  t.is(median([4, 1, 3, 2]), 2.5);
  t.is(median([3, 1, 2]), 2);
  t.is(median([7]), 7);
});
