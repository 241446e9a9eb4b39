import type { Certainty, Finding, Measure, Outcome } from '../model/verdict.js';

/** Each outcome's mark and word: never colour alone. */
export const marks: Readonly<Record<Outcome, string>> = { pass: '✔', fail: '✘', unknown: '?', skipped: '−' };

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  unknown: 'UNKNOWN',
  skipped: 'SKIPPED',
};

const units: Readonly<Record<Measure['unit'], string>> = { ms: ' ms', requests: '', count: '', percent: ' %' };

export const figure = (value: number, unit: Measure['unit']): string =>
  `${Math.round(value).toLocaleString('en-US')}${units[unit]}`;

/** The first measure that has one of these names. */
export const measureOf = (finding: Finding, ...names: readonly string[]): Measure | undefined =>
  names.flatMap((name) => finding.measures?.find((measure) => measure.name === name) ?? [])[0];

/** The outage that counts: one that is held to a bound, else that of the whole site, else the longest of a part. */
export const outageOf = (finding: Finding): Measure | undefined => {
  const all = (finding.measures ?? []).filter(({ name }) => /^(?:(?:static|dynamic) )?outage$/.test(name));
  const bounded = all.find((measure) => measure.atMost !== undefined);
  return bounded ?? measureOf(finding, 'outage') ?? all.sort((one, other) => other.value - one.value)[0];
};

export const writesLost = (finding: Finding): Measure | undefined =>
  finding.measures?.find(({ name }) => /lost/.test(name));

export const countsOf = (findings: readonly Finding[]): Readonly<Record<Outcome, number>> => {
  const count = (outcome: Outcome) => findings.filter((finding) => finding.outcome === outcome).length;
  return { pass: count('pass'), fail: count('fail'), unknown: count('unknown'), skipped: count('skipped') };
};

export const summary = (findings: readonly Finding[]): string => countsWords(countsOf(findings));

/** `12 passed, 1 failed`: what is zero is left out, except that nothing passed. */
export const countsWords = ({ pass, fail, unknown, skipped }: Readonly<Record<Outcome, number>>): string => {
  const words: [number, string][] = [
    [fail, 'failed'],
    [unknown, 'unknown'],
    [skipped, 'skipped'],
  ];
  return [`${pass} passed`, ...words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)].join(
    ', ',
  );
};

/** What arithmetic on fractions may lose. */
const roundingError = 1e-9;

/** `20 of 20 held: at least 86 % of failovers would, at 95 % confidence`; never rounded up. */
export const certaintyWords = ({ held, known, unknown, atLeastPercent, confidencePercent }: Certainty): string => {
  const untold = unknown === 0 ? '' : `; ${unknown} could not be told and count neither way`;
  if (known === 0) return `none of ${unknown} runs could be told`;
  const share = `at least ${Math.floor(atLeastPercent + roundingError)} % of failovers would, at ${confidencePercent} % confidence`;
  return `${held} of ${known} held: ${share}${untold}`;
};
