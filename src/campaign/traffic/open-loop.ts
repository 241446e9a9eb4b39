import { setMaxListeners } from 'node:events';
import type { Clock } from '../../host/clock.js';
import { type Arrivals, dueMs, turn } from './pacer.js';

export interface LoopSignals {
  /** Launches no more; what is under way goes on to its end. */
  readonly stop: AbortSignal;
  /** Ends everything at once. */
  readonly abort: AbortSignal;
}

/** Launches one thing: its number from 0, when it was due, and how many others are still under way. */
export type Launch = (index: number, dueAtMs: number, inFlight: number) => Promise<void>;

/** Launches at a constant rate and never waits for what was launched; resolves when the last of it is done. */
export const openLoop = async (
  arrivals: Arrivals,
  clock: Clock,
  launch: Launch,
  signals: LoopSignals,
): Promise<void> => {
  setMaxListeners(0, signals.abort);
  const flying = new Set<Promise<void>>();
  const either = AbortSignal.any([signals.stop, signals.abort]);
  for (let sent = 0; !either.aborted; ) {
    const { send, waitMs } = turn(arrivals, clock.nowMs(), sent);
    for (const last = sent + send; sent < last; sent += 1) {
      const flight = launch(sent, dueMs(arrivals, sent), flying.size);
      flying.add(flight);
      void flight.finally(() => flying.delete(flight));
    }
    if (waitMs === undefined) break;
    await clock.sleep(waitMs, either).catch(() => undefined);
  }
  await Promise.all(flying);
};
