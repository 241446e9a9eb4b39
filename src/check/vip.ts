import type { History } from '../model/history.js';
import type { ScheduledVip } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { fail, figures, type Judgement, pass, together, unknown } from './judgement.js';
import { notToBlame } from './prober-trust.js';
import { held } from './site-view.js';
import { allUndoneMs, faultsOf } from './spells.js';
import {
  faultyMs,
  gaps,
  lastingMs,
  overlaps,
  overlapToleranceMs,
  succession,
  tenures,
  type VipWindow,
  within,
} from './vip-holders.js';
import { counted, ms } from './words.js';

type VipRule = (history: History, expected: ScheduledVip) => Judgement | undefined;

/** Never two load balancers held the VIP together (split brain), and at the end exactly one does. */
const heldByOne: VipRule = (history, expected) => {
  if (!expected.heldByOne) return undefined;
  const last = tenures(history).at(-1)?.holders ?? [];
  if (last.length > 1) return fail(`split brain: ${last.join(' and ')} both hold the VIP at the end`);
  if (last.length === 0) return fail('nobody holds the VIP at the end');
  const splitMs = lastingMs(overlaps(history));
  return splitMs > overlapToleranceMs
    ? fail(`split brain: ${everybody(overlaps(history))} held the VIP together for ${ms(splitMs)}`)
    : pass(`${last[0]} holds the VIP`);
};

const everybody = (windows: readonly VipWindow[]): string =>
  [...new Set(windows.flatMap((each) => each.holders))].join(' and ');

/** How the one who holds it at the end came to it. */
const moves: VipRule = (history, { moves: expected }) => {
  const holders = succession(history);
  const [first] = holders;
  if (expected === undefined) return undefined;
  if (first === undefined) return unknown('no load balancer held the VIP alone');
  const path = holders.join(', then ');
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
  if (!isSo[expected]) return fail(`the VIP had to ${wanted[expected]}, but was held by ${path}`);
  const droppedMs = lastingMs(gaps(history));
  return expected === 'never' && droppedMs > overlapToleranceMs
    ? fail(`the VIP had to ${wanted.never}, but nobody held it for ${ms(droppedMs)}`)
    : pass(`the VIP was held by ${path}`);
};

/** Load balancers that can't hear one another both take the VIP: where they don't, the fault did not bite. */
const split: VipRule = (history, { splitExpected }) => {
  if (!splitExpected) return undefined;
  const { fromMs, toMs } = faultyMs(history);
  const splitMs = lastingMs(within(overlaps(history), fromMs, toMs));
  return splitMs > overlapToleranceMs
    ? pass(`two held the VIP for ${ms(splitMs)} while they were parted`)
    : fail('no two load balancers held the VIP while they were parted');
};

const notOne = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length !== 1);

const notOneBound: VipRule = (history, { notOneAtMostMs }) => {
  if (notOneAtMostMs === undefined) return undefined;
  const lasted = lastingMs(notOne(history));
  const seen = `for ${ms(lasted)} of at most ${ms(notOneAtMostMs)} not exactly one load balancer held the VIP`;
  return lasted > notOneAtMostMs ? fail(seen) : pass(seen);
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
    return { ...fail(`${words} ${after}, at most ${ms(boundMs)} may pass`), measures };
  }
  return open
    ? { ...unknown('the run ended before exactly one held the VIP'), measures }
    : { ...pass(`exactly one held the VIP ${after}`), measures };
};

/** A fault can move the VIP away, and its undoing back: what moves more often than that flaps. */
const flapping: VipRule = (history) => {
  const moved = succession(history).length - 1;
  const faults = faultsOf(history).length;
  const explained = 2 * faults;
  return moved > explained
    ? fail(`the VIP flapped: it moved ${moved} times, of which ${counted(faults, 'fault')} can explain ${explained}`)
    : undefined;
};

const rules: readonly VipRule[] = [heldByOne, moves, split, notOneBound, settled, flapping];

/** Judges who held the VIP, against what was expected; without an expectation it is only told. */
export const judgeVip = (history: History, expected: ScheduledVip | undefined): Judgement | undefined => {
  const all = tenures(history);
  if (all.length === 0) return expected && unknown('nobody said who holds the VIP');
  const measures = vipMeasures(history, expected);
  const evidence = all.map(({ fromMs, holders }) => `VIP from ${ms(fromMs)}: ${holders.join(' and ') || 'nobody'}`);
  if (expected === undefined) return figures(measures, evidence);
  const judgement = notToBlame(history, together(rules.map((rule) => rule(history, expected))));
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
