import type { History, VipEvent } from '../model/history.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';

/** A stretch of time in which the VIP was held by none, or by several, of the load balancers. */
export interface VipWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly holders: readonly string[];
}

/**
 * Two machines' words reach Quintet on two pipes and may pass one another: what lasts no longer than this is no split
 * brain.
 */
export const overlapToleranceMs = 100;

const vipEvents = (history: History): VipEvent[] => history.filter((event) => event.type === 'vip');

/** Who held the VIP when, in order, up to the end of the run. */
export const tenures = (history: History): VipWindow[] => {
  const events = vipEvents(history);
  const endMs = history.find((event) => event.type === 'run-ended')?.atMs ?? events.at(-1)?.atMs ?? 0;
  return events.map((event, index) => ({
    fromMs: event.atMs,
    toMs: Math.max(event.atMs, events[index + 1]?.atMs ?? endMs),
    holders: event.holders,
  }));
};

export const overlaps = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length > 1);
export const gaps = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length === 0);

const lasting = (windows: readonly VipWindow[]): number =>
  windows.reduce((sum, each) => sum + each.toMs - each.fromMs, 0);

/** Judges that never two load balancers held the VIP together (split brain) and that at the end exactly one does. */
export const judgeVip = (history: History): Judgement => {
  const all = tenures(history);
  const last = all.at(-1);
  if (last === undefined) return unknown('nobody said who holds the VIP');
  const splitMs = lasting(overlaps(history));
  const measures = [
    { name: 'VIP held by several', value: splitMs, unit: 'ms' as const, atMost: overlapToleranceMs },
    { name: 'VIP held by none', value: lasting(gaps(history)), unit: 'ms' as const },
  ];
  const evidence = all.map(
    (each) => `VIP from ${Math.round(each.fromMs)} ms: ${each.holders.join(' and ') || 'nobody'}`,
  );
  return { ...verdictOnVip(last, splitMs, overlaps(history)), evidence, measures };
};

const verdictOnVip = (last: VipWindow, splitMs: number, split: readonly VipWindow[]): Judgement => {
  if (last.holders.length > 1) return fail(`split brain: ${last.holders.join(' and ')} both hold the VIP at the end`);
  if (last.holders.length === 0) return fail('nobody holds the VIP at the end');
  if (splitMs > overlapToleranceMs) {
    const both = [...new Set(split.flatMap((each) => each.holders))].join(' and ');
    return fail(`split brain: ${both} held the VIP together for ${Math.round(splitMs)} ms`);
  }
  return pass(`${last.holders[0]} holds the VIP`);
};
