import type { Certainty, Finding } from '../model/verdict.js';

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
  const count = (outcome: Finding['outcome']) => findings.filter((finding) => finding.outcome === outcome).length;
  const held = count('pass');
  const known = held + count('fail');
  const share = known === 0 ? 0 : shareAtLeast(held, known, confidencePercent / 100);
  return { held, known, unknown: count('unknown'), atLeastPercent: 100 * share, confidencePercent };
};
