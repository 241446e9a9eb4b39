import type { History } from '../model/history.js';
import type { ScheduledVip } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { absence, type Explanation, excess, lapse, mishap } from './explanations.js';
import { fail, figures, type Judgement, pass, unknown } from './judgement.js';
import { held } from './site-view.js';
import { allUndoneMs, endedMs, faultsOf, firstFaultMs } from './spells.js';
import { seenByNetwork } from './split-brain.js';
import { together } from './together.js';
import {
  faultyMs,
  gaps,
  lastingMs,
  overlaps,
  overlapToleranceMs,
  succession,
  type Tenure,
  tenures,
  type VipWindow,
  within,
} from './vip-holders.js';
import { counted, ms } from './words.js';

type VipRule = (history: History, expected: ScheduledVip) => Judgement | undefined;

/** Never two load balancers held the VIP together (split brain), and at the end exactly one does. */
const heldByOne: VipRule = (history, expected) => {
  if (!expected.heldByOne) return undefined;
  const last = tenures(history).at(-1);
  const both = overlaps(history);
  const shared = both.some((each) => seenByNetwork(history, each));
  const explained = (windows: readonly VipWindow[]) => (shared ? [] : windows.map(windowLapse));
  const atEnd = last === undefined ? [] : explained([last]);
  if (last === undefined || last.holders.length === 0) return fail('nobody holds the VIP at the end', [], atEnd);
  if (last.holders.length > 1) {
    return fail(`split brain: ${last.holders.join(' and ')} both hold the VIP at the end`, [], atEnd);
  }
  const splitMs = lastingMs(both);
  return splitMs > overlapToleranceMs
    ? fail(`split brain: ${everybody(both)} held the VIP together for ${ms(splitMs)}`, [], explained(both))
    : pass(`${last.holders[0]} holds the VIP`);
};

const windowLapse = ({ fromMs, toMs }: VipWindow): Explanation => lapse(fromMs, toMs);

const everybody = (windows: readonly VipWindow[]): string =>
  [...new Set(windows.flatMap((each) => each.holders))].join(' and ');

/** How the one who holds it at the end came to it. */
const moves: VipRule = (history, { moves: expected }) => {
  const path = succession(history);
  const holders = path.map(({ holder }) => holder);
  const [first] = holders;
  if (expected === undefined) return undefined;
  if (first === undefined) return unknown('no load balancer held the VIP alone');
  const words = holders.join(', then ');
  const isSo = {
    never: holders.length === 1,
    away: holders.at(-1) !== first,
    back: holders.length > 2 && holders.at(-1) === first,
    either: holders.length > 1,
  };
  const wanted = {
    never: `stay on ${first}`,
    away: `move away from ${first}`,
    back: `move and come back to ${first}`,
    either: `leave ${first}`,
  };
  if (!isSo[expected]) {
    const tooFew = holders.length < leastHolders[expected];
    const why = tooFew ? [absence(firstFaultMs(history), endedMs(history) ?? 0)] : moveMishaps(path);
    return fail(`the VIP had to ${wanted[expected]}, but was held by ${words}`, [], why);
  }
  const dropped = gaps(history);
  return expected === 'never' && lastingMs(dropped) > overlapToleranceMs
    ? fail(
        `the VIP had to ${wanted.never}, but nobody held it for ${ms(lastingMs(dropped))}`,
        [],
        dropped.map(windowLapse),
      )
    : pass(`the VIP was held by ${words}`);
};

const leastHolders = { never: 1, away: 2, back: 3, either: 2 } as const;

const moveMishaps = (path: readonly Tenure[]): Explanation[] => path.slice(1).map(({ fromMs }) => mishap(fromMs));

/** Load balancers that can't hear one another both take the VIP: where they don't, the fault did not bite. */
const split: VipRule = (history, { splitExpected }) => {
  if (!splitExpected) return undefined;
  const { fromMs, toMs } = faultyMs(history);
  const splitMs = lastingMs(within(overlaps(history), fromMs, toMs));
  return splitMs > overlapToleranceMs
    ? pass(`two held the VIP for ${ms(splitMs)} while they were parted`)
    : fail('no two load balancers held the VIP while they were parted', [], [absence(fromMs, toMs)]);
};

const notOne = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length !== 1);

const notOneBound: VipRule = (history, { notOneAtMostMs }) => {
  if (notOneAtMostMs === undefined) return undefined;
  const windows = notOne(history);
  const lasted = lastingMs(windows);
  const seen = `for ${ms(lasted)} of at most ${ms(notOneAtMostMs)} not exactly one load balancer held the VIP`;
  const lastMs = Math.max(0, ...windows.map(({ toMs }) => toMs));
  return lasted > notOneAtMostMs
    ? fail(seen, [], [excess(firstFaultMs(history), lastMs, lasted - notOneAtMostMs)])
    : pass(seen);
};

/** When exactly one held it for good; what two pipes can tell in the wrong order is no doubt about it. */
const settledMs = (history: History): number => {
  const last = tenures(history).at(-1);
  const lasting = notOne(history).filter((each) => each.toMs - each.fromMs > overlapToleranceMs);
  return Math.max(0, ...lasting.map((each) => each.toMs), last?.holders.length === 1 ? 0 : (last?.toMs ?? 0));
};

/** After the last undoing one holder remains. */
const settled: VipRule = (history, { oneWithinMs: boundMs }) => {
  if (boundMs === undefined) return undefined;
  const undoneMs = allUndoneMs(history);
  if (undoneMs === undefined) return unknown('the fault was never healed');
  const tookMs = Math.max(0, settledMs(history) - undoneMs);
  const measures: Measure[] = [{ name: 'one holder after', value: tookMs, unit: 'ms', ...held(boundMs) }];
  const open = tenures(history).at(-1)?.holders.length !== 1;
  const after = `${ms(tookMs)} after the last fault was undone`;
  if (tookMs > boundMs) {
    const words = open ? 'still not exactly one held the VIP' : 'exactly one held the VIP only';
    const why = excess(undoneMs, undoneMs + tookMs, tookMs - boundMs);
    return { ...fail(`${words} ${after}, at most ${ms(boundMs)} may pass`, [], [why]), measures };
  }
  return open
    ? { ...unknown('the run ended before exactly one held the VIP'), measures }
    : { ...pass(`exactly one held the VIP ${after}`), measures };
};

/** A fault can move the VIP away, and its undoing back: what moves more often than that flaps. */
const flapping: VipRule = (history) => {
  const path = succession(history);
  const moved = path.length - 1;
  const faults = faultsOf(history).length;
  const explained = 2 * faults;
  const words = `the VIP flapped: it moved ${moved} times, of which ${counted(faults, 'fault')} can explain ${explained}`;
  return moved > explained ? fail(words, [], moveMishaps(path), explained) : undefined;
};

const rules: readonly VipRule[] = [heldByOne, moves, split, notOneBound, settled, flapping];

/** Judges who held the VIP, against what was expected; without an expectation it is only told. */
export const judgeVip = (history: History, expected: ScheduledVip | undefined): Judgement | undefined => {
  const all = tenures(history);
  if (all.length === 0) return expected && unknown('nobody said who holds the VIP');
  const measures = vipMeasures(history, expected);
  const evidence = all.map(({ fromMs, holders }) => `VIP from ${ms(fromMs)}: ${holders.join(' and ') || 'nobody'}`);
  if (expected === undefined) return figures(measures, evidence);
  const judgement = together(
    rules.map((rule) => rule(history, expected)),
    history,
  );
  return { ...judgement, evidence, measures: [...measures, ...(judgement.measures ?? [])] };
};

const vipMeasures = (history: History, expected: ScheduledVip | undefined): Measure[] => [
  {
    name: 'VIP held by several',
    value: lastingMs(overlaps(history)),
    unit: 'ms',
    ...held(expected?.heldByOne ? overlapToleranceMs : undefined),
  },
  { name: 'VIP held by none', value: lastingMs(gaps(history)), unit: 'ms' },
  { name: 'VIP not held by one', value: lastingMs(notOne(history)), unit: 'ms', ...held(expected?.notOneAtMostMs) },
  { name: 'VIP moves', value: Math.max(0, succession(history).length - 1), unit: 'count' },
];
