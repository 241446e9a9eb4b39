import type { Change, Compared, Comparison } from './comparison-schema.js';
import { figure, marks } from './figures.js';

/** `✔ → ✘`, or one mark where both are the same. */
export const changeMarks = ({ a, b }: Pick<Compared, 'a' | 'b'>): string => {
  const mark = (outcome: Compared['a']): string => (outcome === undefined ? '·' : marks[outcome]);
  return a === b ? mark(a) : `${mark(a)} → ${mark(b)}`;
};

export const changeWords: Readonly<Record<Change, string>> = {
  worse: 'worse',
  better: 'better',
  other: 'unclear',
  'only-in-a': 'only in A',
  'only-in-b': 'only in B',
  same: 'the same',
};

/** `830 → 410 ms`; one figure where both are the same, and `–` where there is none on a side. */
export const pairWords = (compared: Compared, name: string): string => {
  const pair = compared.figures.find((each) => each.name === name);
  if (pair === undefined) return '';
  const { a, b, unit } = pair;
  const number = (value: number | undefined) => (value === undefined ? '–' : figure(value, 'count'));
  const whole = (value: number | undefined) => (value === undefined ? '–' : figure(value, unit));
  return number(a) === number(b) ? whole(a) : `${b === undefined ? whole(a) : number(a)} → ${whole(b)}`;
};

/** Of a failover, and of several runs: what is told in a line of its own, where both sides say something and not the same. */
const inALine = ['median outage', 'runs', 'outage at most', 'detection', 'election', 'ARP', 'first answer', 'recovery'];

/** `detection 939 → 410 ms`, `ARP 1 → 0 ms`. */
export const otherFigures = (compared: Compared): string[] =>
  inALine
    .filter((name) => compared.figures.some((each) => each.name === name && differs(each)))
    .map((name) => `${name} ${pairWords(compared, name)}`);

const differs = ({ a, b }: Compared['figures'][number]): boolean =>
  a !== undefined && b !== undefined && Math.round(a) !== Math.round(b);

/** What was found on each side, where the outcome is not the same. */
export const whyWords = ({ change, details }: Compared): string[] =>
  change === 'same'
    ? []
    : (['a', 'b'] as const).flatMap((side) =>
        details[side] === undefined ? [] : [`${side.toUpperCase()}: ${details[side]}`],
      );

/** Checks that came out the same have nothing to tell. */
export const worthTelling = ({ findings }: Comparison, kind: Compared['kind']): Compared[] =>
  findings.filter((each) => each.kind === kind && (kind === 'scenario' || each.change !== 'same'));

/** `Outcomes: 1 worse, 2 better, 20 the same`. */
export const countWords = ({ counts }: Comparison): string =>
  `Outcomes: ${(Object.keys(changeWords) as Change[])
    .filter((change) => (counts[change] ?? 0) > 0)
    .map((change) => `${counts[change]} ${changeWords[change]}`)
    .join(', ')}`;
