import { outages } from '../../check/outages.js';
import { faultsOf } from '../../check/spells.js';
import { tenures } from '../../check/vip-holders.js';
import type { History } from '../../model/history.js';

/** A stretch of a run, in milliseconds since it began. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export const lastedMs = ({ fromMs, toMs }: Stretch): number => toMs - fromMs;

export const endOf = (history: History): number => history.reduce((end, event) => Math.max(end, event.atMs), 0);

/** Beyond this share of a run a detail would show little more than the whole of it. */
const shareAtMost = 0.6;
const leastMs = 300;
/** What is shown before and after, as a share of what is shown. */
const margin = 0.15;
/** A probe that is lost may have been due a little before the fault. */
const toleranceMs = 50;

/** What a fault, or its undoing, did to the site or to the VIP: from there until all was well again. */
interface Episode extends Stretch {
  readonly outageMs: number;
}

/** Stretches in which visitors noticed something, or the VIP was on its way. */
const disturbances = (history: History): Episode[] => [
  ...outages(history).map((outage) => ({ ...outage, outageMs: lastedMs(outage) })),
  ...tenures(history)
    .slice(1)
    .map(({ fromMs, toMs, holders }) => ({ fromMs, toMs: holders.length === 1 ? fromMs : toMs, outageMs: 0 })),
];

const episodesOf = (history: History): Episode[] => {
  const causes = history.filter(({ type }) => type === 'fault' || type === 'heal').map(({ atMs }) => atMs);
  const byCause = new Map<number, Episode>();
  for (const { fromMs, toMs, outageMs } of disturbances(history)) {
    const causeMs = Math.min(fromMs, causes.findLast((atMs) => atMs <= fromMs + toleranceMs) ?? fromMs);
    const known = byCause.get(causeMs);
    byCause.set(causeMs, {
      fromMs: causeMs,
      toMs: Math.max(toMs, known?.toMs ?? 0),
      outageMs: outageMs + (known?.outageMs ?? 0),
    });
  }
  return [...byCause.values()].sort((one, other) => one.fromMs - other.fromMs);
};

const isHarmless = (episodes: readonly Episode[]): boolean => episodes.every(({ outageMs }) => outageMs === 0);

const widened = ({ fromMs, toMs }: Stretch, endMs: number): Stretch => {
  const aroundMs = Math.max((leastMs - (toMs - fromMs)) / 2, (toMs - fromMs) * margin);
  return { fromMs: Math.max(0, fromMs - aroundMs), toMs: Math.min(endMs, toMs + aroundMs) };
};

/**
 * What of a run is worth a close look: from a little before the fault until the site is well again. All episodes where
 * they lie close together, else the worst. The whole run where that is nearly all of it, where nothing happened, and
 * where several faults cost nobody anything: then their order is the story.
 */
export const windowOf = (history: History): Stretch => {
  const whole = { fromMs: 0, toMs: endOf(history) };
  const episodes = episodesOf(history);
  const [first] = episodes;
  if (first === undefined || (isHarmless(episodes) && faultsOf(history).length > 1)) return whole;
  const all = { fromMs: first.fromMs, toMs: Math.max(...episodes.map(({ toMs }) => toMs)) };
  const busyMs = episodes.reduce((sum, episode) => sum + lastedMs(episode), 0);
  const worst = episodes.reduce((one, other) => (other.outageMs > one.outageMs ? other : one));
  const shown = widened(busyMs * 2 >= lastedMs(all) ? all : worst, whole.toMs);
  return lastedMs(shown) <= lastedMs(whole) * shareAtMost ? shown : whole;
};

/** The parts of stretches that lie inside another one. */
export const clipped = <T extends Stretch>(all: readonly T[], { fromMs, toMs }: Stretch): T[] =>
  all
    .filter((each) => each.fromMs < toMs && each.toMs >= fromMs)
    .map((each) => ({ ...each, fromMs: Math.max(fromMs, each.fromMs), toMs: Math.min(toMs, each.toMs) }));

export const isIn =
  ({ fromMs, toMs }: Stretch) =>
  ({ atMs }: { readonly atMs: number }): boolean =>
    atMs >= fromMs && atMs <= toMs;
