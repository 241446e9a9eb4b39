import type { RecordEvent } from '../model/history.js';

const counted = (holders: readonly string[]): string =>
  holders.length === 0 ? 'nobody holds the VIP' : `the VIP is held by ${holders.join(' and ')}`;

/** What of a run is worth a line to whoever watches it, as it happens; undefined for all the rest. */
export const told = (event: RecordEvent): string | undefined => {
  switch (event.type) {
    case 'fault':
      return `${event.fault} on ${event.machine}${event.answer === undefined ? '' : `: ${event.answer}`}${event.why === undefined ? '' : ` (${event.why})`}`;
    case 'heal':
      return `${event.fault} on ${event.machine}: undone`;
    case 'vip':
      return counted(event.holders);
    case 'database':
      return event.state === 'unprotected' ? `${event.machine} takes writes that it alone has` : undefined;
    case 'well':
      return 'all is well again';
    default:
      return undefined;
  }
};
