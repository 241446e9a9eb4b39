import type { History, StallEvent } from '../model/history.js';
import { faultKindRow } from '../model/scenario.js';
import type { Explanation } from './explanations.js';
import type { Judgement } from './judgement.js';
import { runOf } from './outages.js';
import { type Spell, spells } from './spells.js';
import { beyondWords, ms } from './words.js';

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

/** The stalls that may excuse something. */
const countedIn = (history: History): StallEvent[] => {
  const straining = spells(history);
  return history.filter(
    (event): event is StallEvent => event.type === 'stall' && !straining.some((spell) => isOwnDoing(spell, event)),
  );
};

/**
 * How long each machine and the vantage could not run between two moments. Several causes may tell of the same stall: the
 * greatest counts.
 */
const lostIn = (stalls: readonly StallEvent[], fromMs: number, toMs: number): ReadonlyMap<string, number> => {
  const byCause = new Map<string, Map<StallEvent['by'], number>>();
  for (const stall of stalls) {
    const lost = byCause.get(stall.where) ?? new Map();
    byCause.set(stall.where, lost.set(stall.by, (lost.get(stall.by) ?? 0) + shareMs(stall, fromMs, toMs)));
  }
  return new Map([...byCause].map(([where, lost]) => [where, Math.max(...lost.values())]));
};

export const lostBetween = (history: History, fromMs: number, toMs: number): ReadonlyMap<string, number> =>
  lostIn(countedIn(history), fromMs, toMs);

interface Loss {
  readonly where: string;
  readonly lostMs: number;
}

/** Whoever could run least between two moments. */
const greatestLoss = (stalls: readonly StallEvent[], { fromMs, toMs }: Explanation): Loss =>
  [...lostIn(stalls, fromMs, toMs)].reduce<Loss>(
    (most, [where, lostMs]) => (lostMs > most.lostMs ? { where, lostMs } : most),
    { where: 'nobody', lostMs: 0 },
  );

const words = ({ where, lostMs }: Loss, { fromMs, toMs }: Explanation): string => {
  const span = Number.isFinite(toMs) ? ` of ${ms(toMs - Math.max(0, fromMs))}` : '';
  return `this computer was busy: ${where} could not run for ${ms(lostMs)}${span}`;
};

/**
 * A fail that this computer's own stalls explain says nothing about the lab: it is unknown, as what was unknown anyway stays, and
 * both tell of the stalls. One without explanations is never excused, and neither is one of which more than `spare` stay unexplained.
 */
export const excused = (history: History, judgement: Judgement): Judgement => {
  const { explanations = [], spare = 0, ...plain } = judgement;
  if (explanations.length === 0) return plain;
  const stalls = countedIn(history);
  const told = explanations.map((each) => ({ each, loss: greatestLoss(stalls, each) }));
  const explained = told.filter(({ each, loss }) => loss.lostMs > 0 && loss.lostMs >= each.needMs);
  const [first] = explained;
  const beyond = runOf(history)?.beyond;
  if (first === undefined || told.length - explained.length > spare) {
    if (beyond === undefined) return plain;
    return {
      ...plain,
      outcome: 'unknown',
      detail: `this computer was busy: it ${beyondWords(beyond)}; ${plain.detail}`,
    };
  }
  return { ...plain, outcome: 'unknown', detail: `${words(first.loss, first.each)}; ${plain.detail}` };
};
