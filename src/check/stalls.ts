import type { History, StallEvent } from '../model/history.js';
import { faultKindRow } from '../model/scenario.js';
import type { Judgement } from './judgement.js';
import { type Spell, spells } from './spells.js';
import { ms } from './words.js';

/** What would explain a fail: that between two moments the machines and the vantage together could not run for so long. */
export interface Explanation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly needMs: number;
}

/** What is late by a stall is late by more than is counted: caches are cold then, and others were waited for. */
const factor = 2;
/** A stall can show itself so long after: time-outs and checks that fail several times come between. */
const reachMs = 3000;
/** So much in that time can make a request fail or the VIP move. Computers that do nothing else stay well below. */
const needMs = 150;

/**
 * For something that was seen `excessMs` later, or longer, than it may: each step on the way is late by the stalls of
 * whoever takes it, so all of them together must have been long enough.
 */
export const excess = (fromMs: number, toMs: number, excessMs: number): Explanation => ({
  fromMs,
  toMs,
  needMs: excessMs / factor,
});

/** For something that never came in all that time. */
export const absence = (fromMs: number, toMs: number): Explanation => excess(fromMs, toMs, toMs - fromMs);

/** For something that should not happen at all, and was seen at `toMs` at the latest. */
export const mishap = (fromMs: number, toMs = fromMs): Explanation => ({
  fromMs: fromMs - reachMs,
  toMs,
  needMs,
});

/** For a state that should not be at all: a stall before it can have begun it, and must last as long as it did. */
export const lapse = (fromMs: number, toMs: number): Explanation => ({
  fromMs: fromMs - reachMs,
  toMs,
  needMs: Math.max(needMs, (toMs - fromMs) / factor),
});

/** What a fault does to its own machine is no excuse for what follows from it. */
const isOwnDoing = ({ fault, undoneMs = Number.POSITIVE_INFINITY }: Spell, stall: StallEvent): boolean =>
  faultKindRow(fault.fault).strains === true &&
  stall.where === fault.machine &&
  stall.atMs + stall.forMs > fault.atMs &&
  stall.atMs < undoneMs;

/** The part of a stall's loss that lies between two moments. */
const shareMs = ({ atMs, forMs, lostMs }: StallEvent, fromMs: number, toMs: number): number => {
  const overlapMs = Math.min(atMs + forMs, toMs) - Math.max(atMs, fromMs);
  return overlapMs <= 0 ? 0 : (lostMs * overlapMs) / forMs;
};

/**
 * How long each machine and the vantage could not run between two moments. Several causes may tell of the same stall: the
 * greatest counts.
 */
export const lostBetween = (history: History, fromMs: number, toMs: number): ReadonlyMap<string, number> => {
  const straining = spells(history);
  const byCause = new Map<string, Map<StallEvent['by'], number>>();
  for (const stall of history) {
    if (stall.type !== 'stall' || straining.some((spell) => isOwnDoing(spell, stall))) continue;
    const lost = byCause.get(stall.where) ?? new Map();
    byCause.set(stall.where, lost.set(stall.by, (lost.get(stall.by) ?? 0) + shareMs(stall, fromMs, toMs)));
  }
  return new Map([...byCause].map(([where, lost]) => [where, Math.max(...lost.values())]));
};

const sum = (values: Iterable<number>): number => [...values].reduce((all, each) => all + each, 0);

const words = (lost: ReadonlyMap<string, number>, { fromMs, toMs }: Explanation): string => {
  const [where, lostMs] = [...lost].reduce((most, each) => (each[1] > most[1] ? each : most));
  const others = lost.size > 1 ? `, all together for ${ms(sum(lost.values()))},` : '';
  return `this computer was busy: ${where} could not run for ${ms(lostMs)}${others} of ${ms(toMs - Math.max(0, fromMs))}`;
};

/**
 * A fail that this computer's own stalls explain says nothing about the lab: it is unknown. One without explanations is never
 * excused, and neither is one of which more than `spare` stay unexplained.
 */
export const excused = (history: History, judgement: Judgement): Judgement => {
  const { outcome, detail, explanations = [], spare = 0 } = judgement;
  if (outcome !== 'fail' || explanations.length === 0) return judgement;
  const told = explanations.map((each) => ({ each, lost: lostBetween(history, each.fromMs, each.toMs) }));
  const explained = told.filter(({ each, lost }) => lost.size > 0 && sum(lost.values()) >= each.needMs);
  const [first] = explained;
  if (first === undefined || told.length - explained.length > spare) return judgement;
  return { ...judgement, outcome: 'unknown', detail: `${words(first.lost, first.each)}; ${detail}` };
};
