import type { Happening } from '../../model/events.js';

/** Something an observer saw, without when. */
export type Observed = Extract<
  Happening,
  { type: 'vip' | 'vrrp' | 'arp' | 'backend' | 'alert' | 'database' | 'stall' | 'note' }
>;

/** Hears what was seen; it happened `agoMs` before now (a journal passes its lines on up to 250 ms late). */
export type Seen = (event: Observed, agoMs: number) => void;

/** An observer at work. It ends when the signal it was given fires; no promise ever rejects. */
export interface Watching {
  /** It is in touch: it has told how things stand, as far as it can find out, and tells of what changes. */
  inTouch(): Promise<unknown>;
  readonly ended: Promise<unknown>;
}

/** Whether an observer is in touch with a machine, which may lose its power and come back. */
export class Touch {
  #made = false;
  readonly #waiting = new Set<() => void>();

  make(): void {
    this.#made = true;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  lose(): void {
    this.#made = false;
  }

  /** Resolves as soon as it is, at once where it is already. */
  get made(): Promise<void> {
    return this.#made ? Promise.resolve() : new Promise((resolve) => this.#waiting.add(resolve));
  }
}

/** Resolves when all are in touch. */
export const allMade = (touches: readonly Touch[]) => (): Promise<unknown> =>
  Promise.all(touches.map(({ made }) => made));
