import type { ScheduledScenario, UntilSure } from '../model/scenario.js';
import type { Certainty, Finding, Outcome } from '../model/verdict.js';

/** What is said where nothing else was asked for: the figure that stands in textbooks. */
const usualConfidencePercent = 95;

/** How likely it is that of `of` runs `held` or more hold where each holds with the probability `share`. */
const tail = (held: number, of: number, share: number): number => {
  let ways = 0;
  let sum = 0;
  for (let failed = 0; failed <= of - held; failed += 1) {
    if (failed > 0) ways += Math.log((of - failed + 1) / failed);
    sum += Math.exp(ways + (of - failed) * Math.log(share) + failed * Math.log1p(-share));
  }
  return sum;
};

const bisections = 50;

/**
 * The share of runs that holds at least, when `held` of `of` did: the lower limit of the one-sided interval of Clopper and
 * Pearson ("The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934), which is
 * never too high. Where all held it is (1 - confidence)^(1/of).
 */
export const shareAtLeast = (held: number, of: number, confidence: number): number => {
  if (held === 0) return 0;
  if (held === of) return (1 - confidence) ** (1 / of);
  let [low, high] = [0, 1];
  for (let turn = 0; turn < bisections; turn += 1) {
    const middle = (low + high) / 2;
    if (tail(held, of, middle) > 1 - confidence) high = middle;
    else low = middle;
  }
  return low;
};

/** What the findings of a scenario's runs prove about the next one. Those that are unknown count neither way. */
export const certaintyOf = (
  findings: readonly Finding[],
  confidencePercent: number = usualConfidencePercent,
): Certainty => {
  const { held, failed, unknown } = tallyOf(findings.map(({ outcome }) => outcome));
  const known = held + failed;
  const share = known === 0 ? 0 : shareAtLeast(held, known, confidencePercent / 100);
  return { held, known, unknown, atLeastPercent: 100 * share, confidencePercent };
};

/** What arithmetic on fractions may lose. */
const roundingError = 1e-12;

/**
 * How many runs must hold, and none fail, to be so sure: the least n with 1 - share^n >= confidence. This is the success-run
 * theorem, after Wilks ("Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12,
 * 1941): 59 for 95 % at 95 %.
 */
export const runsToBeSure = ({ sharePercent, confidencePercent }: UntilSure): number => {
  const [share, doubt] = [sharePercent / 100, 1 - confidencePercent / 100];
  let runs = 1;
  for (let chance = share; chance > doubt + roundingError; chance *= share) runs += 1;
  return runs;
};

/** A tenth of what must hold, but three at least: who has to leave out more finds nothing out here. */
const unknownAtMost = (runs: number): number => Math.max(3, Math.ceil(runs / 10));

export interface Tally {
  readonly held: number;
  readonly failed: number;
  readonly unknown: number;
}

/** What is neither pass nor fail could not be told. */
export const tallyOf = (outcomes: readonly Outcome[]): Tally => {
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  const [held, failed] = [count('pass'), count('fail')];
  return { held, failed, unknown: outcomes.length - held - failed };
};

/** How many more runs a scenario needs at the least, after those that came to these outcomes. */
export const runsLeft = (
  { repeat, untilSure }: Pick<ScheduledScenario, 'repeat' | 'untilSure'>,
  { held, failed, unknown }: Tally,
): number => {
  if (untilSure === undefined) return repeat - held - failed - unknown;
  return failed > 0 || unknown > unknownAtMost(repeat) ? 0 : repeat - held;
};
