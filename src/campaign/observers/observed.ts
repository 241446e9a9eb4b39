import type { Happening } from '../../model/events.js';

/** Something an observer saw, without when. */
export type Observed = Extract<
  Happening,
  { type: 'vip' | 'vrrp' | 'arp' | 'backend' | 'alert' | 'database' | 'stall' | 'note' }
>;

/** Hears what was seen; it happened `agoMs` before now (a journal passes its lines on up to 250 ms late). */
export type Seen = (event: Observed, agoMs: number) => void;

/** An observer at work. It ends when the signal it was given fires; neither promise ever rejects. */
export interface Watching {
  /** It has told how things stand now, as far as it can find out. */
  readonly answered: Promise<unknown>;
  readonly ended: Promise<unknown>;
}
