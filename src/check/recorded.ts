import type { StampedEvent } from '../model/events.js';
import type { RecordEvent } from '../model/history.js';

/**
 * What of the stream a record keeps: what happened in a verification's runs, and what its checks found. Nearly all of it says by
 * itself when it was (`atMs`); only where such a time begins, its stamp is kept.
 */
export const recorded = ({ origin: _, wallClock, monotonicMs, ...event }: StampedEvent): RecordEvent | undefined => {
  switch (event.type) {
    case 'verification-started':
    case 'run-started':
      return { ...event, wallClock, monotonicMs };
    case 'found':
    case 'verification-ended':
      return event;
    default:
      return 'atMs' in event ? event : undefined;
  }
};
