import type { History, VipEvent } from '../model/history.js';
import { allUndoneMs, endedMs, firstFaultMs } from './spells.js';

/** A stretch of time in which the VIP was held by one, none or several of the load balancers. */
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

/** Who held the VIP when, in order, up to the end of the run, or as far as it was recorded. */
export const tenures = (history: History): VipWindow[] => {
  const events = vipEvents(history);
  const endMs = endedMs(history) ?? history.reduce((last, event) => Math.max(last, event.atMs), 0);
  return events.map((event, index) => ({
    fromMs: event.atMs,
    toMs: Math.max(event.atMs, events[index + 1]?.atMs ?? endMs),
    holders: event.holders,
  }));
};

export const overlaps = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length > 1);
export const gaps = (history: History): VipWindow[] => tenures(history).filter((each) => each.holders.length === 0);

export const lastingMs = (windows: readonly VipWindow[]): number =>
  windows.reduce((sum, each) => sum + each.toMs - each.fromMs, 0);

/** The part of the windows between two moments. */
export const within = (windows: readonly VipWindow[], fromMs: number, toMs: number): VipWindow[] =>
  windows
    .map((each) => ({ ...each, fromMs: Math.max(each.fromMs, fromMs), toMs: Math.min(each.toMs, toMs) }))
    .filter((each) => each.toMs > each.fromMs);

export interface Tenure {
  readonly holder: string;
  readonly fromMs: number;
}

/** The load balancers that held the VIP alone, one after the other: no name twice in a row. */
export const succession = (history: History): Tenure[] =>
  tenures(history)
    .flatMap(({ holders: [holder, ...others], fromMs }) =>
      holder === undefined || others.length > 0 ? [] : [{ holder, fromMs }],
    )
    .filter(({ holder }, index, all) => holder !== all[index - 1]?.holder);

/** From the first fault until the last was undone, or the run ended. */
export const faultyMs = (history: History): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: firstFaultMs(history),
  toMs: allUndoneMs(history) ?? endedMs(history) ?? Number.POSITIVE_INFINITY,
});
