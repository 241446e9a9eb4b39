import type { Clock } from '../../host/clock.js';

const beatMs = 10;
/** A beat this much late is a stall; less is what timers and busy computers cost anyway. */
const leastMs = 20;

interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Knows when this process itself was held up: stopped, or kept from the processor. */
export class Stalls {
  readonly #timer: NodeJS.Timeout;
  readonly #stalls: Stall[] = [];
  #beatAtMs: number;

  constructor(private readonly clock: Clock) {
    this.#beatAtMs = clock.nowMs();
    this.#timer = setInterval(() => this.#note(), beatMs);
  }

  /** How long the longest stall lasted, as far as it lies after `fromMs`; 0 where there was none. */
  longestMs(fromMs: number): number {
    this.#note();
    return Math.max(0, ...this.#stalls.map((stall) => stall.toMs - Math.max(stall.fromMs, fromMs)));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #note(): void {
    const nowMs = this.clock.nowMs();
    const dueMs = this.#beatAtMs + beatMs;
    if (nowMs - dueMs > leastMs) this.#stalls.push({ fromMs: dueMs, toMs: nowMs });
    if (this.#stalls.length > 100) this.#stalls.shift();
    this.#beatAtMs = nowMs;
  }
}
