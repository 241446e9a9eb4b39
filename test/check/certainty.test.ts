import test from 'ava';
import { certaintyOf, runsLeft, runsToBeSure, shareAtLeast, tallyOf } from '../../src/check/certainty.js';
import type { Outcome } from '../../src/model/verdict.js';

/** As scipy.stats.beta.ppf(1 - confidence, held, of - held + 1) gives them. */
const known = [
  [0, 10, 0.95, 0.0],
  [1, 1, 0.95, 0.05],
  [10, 10, 0.95, 0.741134],
  [20, 20, 0.95, 0.860892],
  [59, 59, 0.95, 0.950492],
  [58, 58, 0.95, 0.949661],
  [19, 20, 0.95, 0.783894],
  [18, 20, 0.95, 0.717381],
  [9, 10, 0.95, 0.605837],
  [5, 10, 0.95, 0.222441],
  [1, 10, 0.95, 0.005116],
  [1, 1000, 0.95, 0.000051],
  [500, 1000, 0.95, 0.473518],
  [999, 1000, 0.95, 0.995265],
  [1000, 1000, 0.95, 0.997009],
  [22, 22, 0.9, 0.900628],
  [21, 22, 0.9, 0.834411],
  [298, 299, 0.99, 0.978006],
  [299, 299, 0.95, 0.990031],
] as const;

for (const [held, of, confidence, share] of known) {
  test(`${held} of ${of} prove ${share} at ${confidence}`, (t) => {
    t.true(Math.abs(shareAtLeast(held, of, confidence) - share) < 1e-6, String(shareAtLeast(held, of, confidence)));
  });
}

const findings = (...outcomes: Outcome[]) =>
  outcomes.map((outcome) => ({ kind: 'scenario', id: 'a', title: 'A', outcome, detail: '' }) as const);

test('runs that could not be told count neither way', (t) => {
  const { atLeastPercent, ...counts } = certaintyOf(findings('pass', 'unknown', 'pass', 'fail'));
  t.deepEqual(counts, { held: 2, known: 3, unknown: 1, confidencePercent: 95 });
  t.is(atLeastPercent, 100 * shareAtLeast(2, 3, 0.95));
});

test('nothing known proves nothing', (t) => {
  t.is(certaintyOf(findings('unknown', 'unknown')).atLeastPercent, 0);
});

/** The least n with 1 - share^n >= confidence, as tables of success runs have it. */
const successRuns = [
  [95, 95, 59],
  [90, 95, 29],
  [90, 90, 22],
  [95, 90, 45],
  [99, 95, 299],
  [99, 99, 459],
  [80, 90, 11],
  [50, 50, 1],
  [95, 5, 1],
  [10, 99, 2],
  [1, 99, 1],
] as const;

for (const [sharePercent, confidencePercent, runs] of successRuns) {
  test(`${sharePercent}/${confidencePercent} takes ${runs} runs that hold`, (t) => {
    t.is(runsToBeSure({ sharePercent, confidencePercent }), runs);
    t.true(shareAtLeast(runs, runs, confidencePercent / 100) >= sharePercent / 100 - 1e-12);
  });
}

const sure = { repeat: 29, untilSure: { sharePercent: 90, confidencePercent: 95 } };
const outcomes = (held: number, unknown = 0, failed = 0): Outcome[] => [
  ...Array<Outcome>(held).fill('pass'),
  ...Array<Outcome>(unknown).fill('unknown'),
  ...Array<Outcome>(failed).fill('fail'),
];
const left = (of: Parameters<typeof runsLeft>[0], ...counts: [number, number?, number?]) =>
  runsLeft(of, tallyOf(outcomes(...counts)));

test('until something is sure the first fail ends it, and unknown runs do not count but are limited', (t) => {
  t.is(left(sure, 0), 29);
  t.is(left(sure, 20), 9);
  t.is(left(sure, 20, 3), 9);
  t.is(left(sure, 20, 4), 0);
  t.is(left(sure, 20, 0, 1), 0);
  t.is(left(sure, 29, 3), 0);
});

test('a number of runs is played whatever they come to', (t) => {
  t.is(left({ repeat: 5 }, 2, 1, 1), 1);
  t.is(left({ repeat: 5 }, 2, 1, 2), 0);
  t.is(runsLeft({ repeat: 1 }, tallyOf(['skipped'])), 0);
});
