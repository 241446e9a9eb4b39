import { closest, distance } from 'fastest-levenshtein';
import jsep from 'jsep';
import { own } from '../model/own.js';
import { type Pace, slowest, usualPace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type {
  AlertExpectation,
  Scenario,
  ScenarioFault,
  ScheduledAlert,
  ScheduledScenario,
  ScheduledSite,
  ScheduledVip,
  SiteExpectation,
  VipExpectation,
} from '../model/scenario.js';
import { type Machines, takesTheLast } from './redundancy.js';
import { machinesMeant, readTarget } from './targets.js';

/** The names a formula may use, and what each means. Values are milliseconds. */
export const timerNames = {
  advert: 'the interval between two VRRP adverts',
  skew: 'the longest wait after a graceful goodbye (Skew_Time of the backup)',
  masterDown: 'the longest wait for a silent load balancer (Master_Down_Interval of the backup)',
  haproxyDown: 'the longest until keepalived notices a HAProxy that hangs',
  clusterDown:
    'database.timing: the longest until a cluster of databases goes on without one that fell silent; 0 without a cluster',
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

type Milliseconds = (formula: string | undefined) => number | undefined;

const given = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };

/** How long what is expected may last: `during` the faults, and `after` they were undone. */
interface Bounds {
  readonly during: Milliseconds;
  readonly after: Milliseconds;
}

const scheduledSite = (site: SiteExpectation, { during, after }: Bounds): ScheduledSite => ({
  outageExpected: site.outage === 'expected',
  ...given('outageAtMostMs', during(site.outageAtMost)),
  ...given('failedAtMost', site.failedAtMost),
  ...given('status', site.status),
  ...given('backWithinMs', after(site.backWithin)),
});

/** Where the first load balancer takes the VIP back by itself, one that had to move away may be back when the run ends. */
const movesIn = ({ vrrp }: Pick<Plan, 'vrrp'>, { moves }: VipExpectation): VipExpectation['moves'] =>
  vrrp.preempt && moves === 'away' ? 'either' : moves;

const scheduledVip = (vip: VipExpectation, plan: Pick<Plan, 'vrrp'>, { during, after }: Bounds): ScheduledVip => ({
  heldByOne: vip.heldBy === 'one',
  splitExpected: vip.split === 'expected',
  ...given('moves', movesIn(plan, vip)),
  ...given('notOneAtMostMs', during(vip.notOneAtMost)),
  ...given('oneWithinMs', after(vip.oneWithin)),
});

const scheduledAlert = ({ name, within, resolvedWithin }: AlertExpectation, { after }: Bounds): ScheduledAlert => ({
  name,
  withinMs: after(within) ?? 0,
  ...given('resolvedWithinMs', after(resolvedWithin)),
});

/** Whatever somebody must be told of lasts long enough to be told, and somewhat longer, so that it is seen to be late. */
const noticedMs = (alert: ScheduledAlert | undefined): number => (alert === undefined ? 0 : alert.withinMs + 1000);

/** By how much longer a fault must last so that its healing still can't be what ends an outage in time. */
const stretch = (expect: Scenario['expect'], usual: Milliseconds, during: Milliseconds): number => {
  const parts = [expect.site, expect.static, expect.dynamic].filter((part) => part?.backWithin === undefined);
  const bounds = [...parts.map((part) => part?.outageAtMost), expect.vip?.notOneAtMost];
  return Math.max(...bounds.map((bound) => (during(bound) ?? 0) - (usual(bound) ?? 0)));
};

/** A fault that happens to each machine of a role, as one for each. */
const oneForEach = (fault: ScenarioFault, machines: Plan['machines']): ScenarioFault[] => {
  const read = readTarget(fault.target, machines);
  if (read?.kind !== 'role' || read.which !== 'each') return [fault];
  return machinesMeant(read, machines).map((target) => ({ ...fault, target }));
};

/** What must hold in such a lab: whether anything is left that does what the faults take away decides. */
export const expectedIn = (scenario: Scenario, machines: Machines): Scenario['expect'] =>
  (isAlone(scenario, machines) ? scenario.alone : undefined) ?? scenario.expect;

const isAlone = ({ faults, alone }: Scenario, machines: Machines): boolean =>
  alone !== undefined && faults.some((fault) => takesTheLast(fault, machines));

/**
 * What a scenario means under one plan: when each fault comes, how long it lasts, and what passes. At a slower
 * `pace` the amounts in what is expected (what programs may need, beside the timers) last that
 * many times longer, and a fault lasts as much longer as its bounds. Where several faults last, that would change their order:
 * there what is expected meanwhile stays as it is written.
 */
export const scheduled = (
  scenario: Scenario,
  plan: Pick<Plan, 'vrrp' | 'database' | 'verify' | 'pace' | 'machines' | 'site'>,
  pace: Pace = usualPace,
): ScheduledScenario => {
  const timers = timersOf(plan);
  const ms = (formula: string): number => evaluate(formula, timers);
  const inMs =
    (of: Timers): Milliseconds =>
    (formula) =>
      formula === undefined ? undefined : evaluate(formula, of);
  // Who set slower adverts has allowed for that already.
  const after = inMs({ ...timers, pace: slowest(timers.pace, pace) });
  const usual = inMs(timers);
  const { id, title, why, needs, repeat } = scenario;
  const faults = scenario.faults.flatMap((fault) => oneForEach(fault, plan.machines));
  const expect = expectedIn(scenario, plan.machines);
  const bounds = { during: faults.filter((fault) => fault.for !== undefined).length > 1 ? usual : after, after };
  const longerMs = stretch(expect, usual, bounds.during);
  const watched = plan.machines.some(({ roles }) => roles.includes('monitoring'));
  const alert = watched && expect.alert ? scheduledAlert(expect.alert, bounds) : undefined;
  const times = faults.map(({ at, for: lasts, ...fault }) => ({
    ...fault,
    atMs: ms(at),
    forMs: lasts === undefined ? 0 : Math.max(ms(lasts) + longerMs, noticedMs(alert)),
  }));
  return {
    id,
    title,
    why,
    ...given('needs', needs),
    ...given('alone', isAlone(scenario, plan.machines) ? (true as const) : undefined),
    beforeMs: ms(scenario.before),
    faults: times.sort((one, other) => one.atMs - other.atMs),
    afterMs: ms(scenario.after),
    repeat,
    expect: {
      ...given('site', expect.site && scheduledSite(expect.site, bounds)),
      ...given('static', expect.static && scheduledSite(expect.static, bounds)),
      ...given('dynamic', expect.dynamic && scheduledSite(expect.dynamic, bounds)),
      ...given('vip', expect.vip && scheduledVip(expect.vip, plan, bounds)),
      writes: plan.site.entries === undefined ? 'none' : expect.writes,
      ...given('breaksAtMost', expect.breaksAtMost),
      ...given('alert', alert),
    },
  };
};
