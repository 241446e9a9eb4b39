import { closest, distance } from 'fastest-levenshtein';
import jsep from 'jsep';
import { own } from '../model/own.js';
import type { Pace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';

/** The names a formula may use, and what each means. Values are milliseconds. */
export const timerNames = {
  advert: 'the interval between two VRRP adverts',
  skew: 'the longest wait after a graceful goodbye (Skew_Time of the backup)',
  masterDown: 'the longest wait for a silent load balancer (Master_Down_Interval of the backup)',
  haproxyDown: 'the longest until keepalived notices a HAProxy that hangs',
  clusterDown:
    'database.timing: the longest until a cluster of databases goes on without one that fell silent; 0 without a cluster',
  semiSync:
    'how long a write waits for the replica to have it too, before it goes on without; 0 where there is no replica',
  preemptDelay: 'vrrp.preemptDelayS: how long a load balancer that returns waits before it takes the VIP back',
  limit: 'verify.limitMs: an answer later than this does not count',
} as const;

/** The timers of a lab, and how many times as long as written an amount lasts there (1 but for slow machines). */
export type Timers = Readonly<Record<keyof typeof timerNames, number>> & { readonly pace: Pace };

/** What is wrong with a formula and where in it: `from` counts from 0. */
export class FormulaError extends Error {
  constructor(
    message: string,
    readonly from: number,
    readonly length: number,
    readonly suggestion?: string,
  ) {
    super(message);
    this.name = 'FormulaError';
  }
}

export const timersOf = (plan: Pick<Plan, 'vrrp' | 'database' | 'verify' | 'pace'>): Timers => ({
  advert: plan.vrrp.advertMs,
  skew: plan.vrrp.skewMs,
  masterDown: plan.vrrp.masterDownMs,
  haproxyDown: plan.vrrp.haproxyCheck.downMs,
  clusterDown: plan.database.cluster?.downMs ?? 0,
  semiSync: plan.database.replica?.semiSyncMs ?? 0,
  preemptDelay: plan.vrrp.preemptDelayS * 1000,
  limit: plan.verify.limitMs,
  pace: plan.pace,
});

/** A number is a count (`3`) or a duration (`150 ms`); a duration is added to durations only. */
interface Quantity {
  readonly value: number;
  readonly duration: boolean;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000 };
const amount = /(\d+(?:\.\d+)?)\s*(ms|s)(?![\w$])/g;

/**
 * jsep knows no units, so each amount (`150 ms`) becomes a name of the same length (`$00000`) that stands for it: what
 * jsep says about places still holds for what the user wrote.
 */
const nameAmounts = (formula: string, pace: Pace): { text: string; amounts: ReadonlyMap<string, Quantity> } => {
  const amounts = new Map<string, Quantity>();
  const text = formula.replace(amount, (written, value: string, unit: string) => {
    const name = `$${amounts.size.toString(36).padStart(written.length - 1, '0')}`;
    amounts.set(name, { value: Number(value) * (own(unitsMs, unit) ?? 1) * pace, duration: true });
    return name;
  });
  return { text, amounts };
};

/** What other programs call a unit, in seconds. */
const otherUnitsS: Readonly<Record<string, number>> = {
  ...{ sec: 1, secs: 1, second: 1, seconds: 1, m: 60, min: 60, mins: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400 },
};

/** A number with a word behind it that is no unit: jsep would take it for a name that begins with a number. */
const requireUnits = (formula: string): void => {
  const found = /(?<![\w$.])(\d+(?:\.\d+)?)(\s*)([A-Za-z]\w*)/g;
  for (const { 0: written, 1: value = '', 3: word = '', index } of formula.matchAll(found)) {
    if (Object.hasOwn(unitsMs, word)) continue;
    const wrong = (message: string, suggestion?: string) =>
      new FormulaError(message, index, written.length, suggestion);
    if (Object.hasOwn(timerNames, word))
      throw wrong(`between ${value} and ${word} a * is missing`, `${value} * ${word}`);
    const seconds = Object.hasOwn(otherUnitsS, word.toLowerCase()) ? otherUnitsS[word.toLowerCase()] : undefined;
    const meantS = Number(value) * (seconds ?? Number.NaN);
    const suggestion = meantS * 1000 <= longestMs ? `${meantS} s` : undefined;
    throw wrong(`${word} is no unit that a formula knows (ms, s)`, suggestion);
  }
};

/** Longer than a day nobody waits, and much longer no timer can. */
const longestMs = 24 * 3_600_000;

const parse = (formula: string, text: string): jsep.Expression => {
  requireUnits(formula);
  const foreign = /[^\w\s+*/().-]/.exec(formula);
  if (foreign) throw new FormulaError(`${foreign[0]} means nothing in a formula`, foreign.index, foreign[0].length);
  try {
    return jsep(text);
  } catch (error) {
    const { index = 0, description = String(error) } = error as { index?: number; description?: string };
    const from = Math.min(index, Math.max(0, text.length - 1));
    throw new FormulaError(`this is no formula: ${description.toLowerCase()}`, from, 1);
  }
};

/** The value of a name, or a FormulaError that knows where the name stands. */
const lookUp = (name: string, formula: string, values: ReadonlyMap<string, Quantity>): Quantity => {
  const value = values.get(name);
  if (value) return value;
  const near = closest(
    name.toLowerCase(),
    Object.keys(timerNames).map((known) => known.toLowerCase()),
  );
  const suggestion = Object.keys(timerNames).find((known) => known.toLowerCase() === near);
  const from = Math.max(0, formula.search(new RegExp(`(?<![\\w])${name.replaceAll(/\W/g, '.')}(?![\\w])`)));
  const close = suggestion !== undefined && distance(name.toLowerCase(), near) <= Math.max(2, name.length / 3);
  const known = Object.keys(timerNames).join(', ');
  throw new FormulaError(
    `${name} is no name a formula knows (${known})`,
    from,
    name.length,
    close ? suggestion : undefined,
  );
};

const operators: Readonly<Record<string, (left: Quantity, right: Quantity) => Quantity | string>> = {
  '+': (left, right) => same(left, right, left.value + right.value, 'added to'),
  '-': (left, right) => same(right, left, left.value - right.value, 'taken from'),
  '*': (left, right) =>
    left.duration && right.duration
      ? 'a duration times a duration is no duration'
      : { value: left.value * right.value, duration: left.duration || right.duration },
  '/': (left, right) => {
    if (right.duration) return 'nothing can be divided by a duration';
    return right.value === 0
      ? 'nothing can be divided by 0'
      : { value: left.value / right.value, duration: left.duration };
  },
};

const same = (left: Quantity, right: Quantity, value: number, words: string): Quantity | string => {
  if (left.duration === right.duration) return { value, duration: left.duration };
  const bare = left.duration ? right.value : left.value;
  return `${bare} has no unit and can't be ${words} a duration: write ${bare} ms or ${bare} s`;
};

/**
 * Milliseconds of a formula such as `masterDown + 150 ms`; throws a FormulaError for anything else. On slow machines the
 * amounts last longer as the timers do: a scenario is played, and judged, in slow motion.
 */
export const evaluate = (formula: string, { pace, ...timers }: Timers): number => {
  const { text, amounts } = nameAmounts(formula, pace);
  const values = new Map(Object.entries(timers).map(([name, value]) => [name, { value, duration: true }] as const));
  const whole = (message: string) => new FormulaError(message, 0, formula.length);
  const walk = (node: jsep.Expression): Quantity => {
    const part = node as jsep.CoreExpression;
    if (part.type === 'Literal' && typeof part.value === 'number') return { value: part.value, duration: false };
    if (part.type === 'Identifier') return amounts.get(part.name) ?? lookUp(part.name, formula, values);
    if (part.type === 'UnaryExpression' && part.operator === '-') {
      const { value, duration } = walk(part.argument);
      return { value: -value, duration };
    }
    const operator = part.type === 'BinaryExpression' ? own(operators, part.operator) : undefined;
    if (part.type !== 'BinaryExpression' || operator === undefined) {
      throw whole('a formula is made of timers, numbers with a unit, + - * / and parentheses');
    }
    const result = operator(walk(part.left), walk(part.right));
    if (typeof result === 'string') throw whole(result);
    return result;
  };
  const { value, duration } = walk(parse(formula, text));
  if (!duration) throw new FormulaError(`${formula} has no unit`, 0, formula.length, `${formula} ms`);
  if (!Number.isFinite(value) || value < 0) throw whole('a duration is at least 0 ms');
  if (value > longestMs * pace) throw whole('a duration is at most a day');
  return value;
};
