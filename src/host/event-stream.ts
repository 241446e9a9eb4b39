import type { Emit, Hear } from '../model/events.js';
import type { Clock } from './clock.js';

/** What happens in one verb. */
export interface EventStream {
  readonly emit: Emit;
  /** All that happens from now on, until the function that is returned is called. */
  readonly hear: (reader: Hear) => () => void;
}

/** The one place where events get their time and their origin. Every reader hears every event, in the order in which it was emitted. */
export const openStream = (origin: string, clock: Clock, first: readonly Hear[] = []): EventStream => {
  const readers = new Set(first);
  return {
    emit: (event) => {
      const nowMs = clock.nowMs();
      const { monotonicMs = nowMs } = event;
      const wallClock = new Date(Date.parse(clock.wallClock()) + monotonicMs - nowMs).toISOString();
      const stamped = { wallClock, monotonicMs, origin, ...event };
      for (const reader of readers) reader(stamped);
    },
    hear: (reader) => {
      readers.add(reader);
      return () => void readers.delete(reader);
    },
  };
};
