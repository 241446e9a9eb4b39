/** A constant rate of arrivals that never waits for anybody (open loop). */
export interface Arrivals {
  readonly ratePerSecond: number;
  /** When the first one is due. */
  readonly startMs: number;
  /** How many there are at most. */
  readonly most: number;
}

export interface Turn {
  /** How many are due by now and not sent yet: all of them are sent at once. */
  readonly send: number;
  /** How long to sleep after that; absent when nothing is left to send. */
  readonly waitMs?: number;
}

/** When the probe with this index (from 0) is due. Reckoned from the start each time, so errors never add up. */
export const dueMs = (arrivals: Arrivals, index: number): number =>
  arrivals.startMs + (index * 1000) / arrivals.ratePerSecond;

/** What to do at `nowMs` after `sent` probes. Being late never drops or delays a probe: the debt is paid at once. */
export const turn = (arrivals: Arrivals, nowMs: number, sent: number): Turn => {
  const elapsed = Math.floor(((nowMs - arrivals.startMs) * arrivals.ratePerSecond) / 1000) + 1;
  const owed = Math.min(arrivals.most, Math.max(0, elapsed));
  const send = Math.max(0, owed - sent);
  const next = sent + send;
  return next >= arrivals.most ? { send } : { send, waitMs: Math.max(0, dueMs(arrivals, next) - nowMs) };
};
