import type { Clock } from '../host/clock.js';
import type { DistributiveOmit, Happening, Stamp } from '../model/events.js';
import type { FaultEvent, HealEvent, History, HistoryEvent, RunStarted } from '../model/history.js';

/** Between saying so and the first probe being due. */
const leadMs = 20;

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** An event of a run, with when it happened on the clock by which all runs and processes can be compared. */
export type TimedEvent = HistoryEvent & Pick<Stamp, 'monotonicMs'>;

export const timed = (event: HistoryEvent, originMs: number): TimedEvent => ({
  ...event,
  monotonicMs: rounded(originMs + event.atMs),
});

/** A run's own time and what happened in it. */
export class Run {
  originMs = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #emit: (event: TimedEvent) => void;
  readonly #events: HistoryEvent[] = [];
  #vipMs = 0;

  constructor(clock: Clock, emit: (event: TimedEvent) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  readonly add = (event: HistoryEvent): void => {
    this.#events.push(event);
    this.#emit(timed(event, this.originMs));
  };

  /** Adds something that happened just now, or so long ago. */
  readonly addNow = (event: Happening, agoMs = 0): void => {
    this.add({ ...event, atMs: this.#momentOf(event, agoMs) } as HistoryEvent);
  };

  /** Who holds the VIP follows from all that was heard so far: what is told late is no earlier than what was told before it. */
  #momentOf(event: Happening, agoMs: number): number {
    const atMs = Math.max(0, rounded(this.nowMs() - agoMs));
    if (event.type !== 'vip') return atMs;
    this.#vipMs = Math.max(this.#vipMs, atMs);
    return this.#vipMs;
  }

  /** `standing` is how things stand as it begins. */
  begin(start: Omit<RunStarted, 'type' | 'atMs' | 'wallClock'>, standing: readonly Happening[] = []): void {
    this.originMs = this.#clock.nowMs() + leadMs;
    this.add({ type: 'run-started', atMs: 0, wallClock: this.#clock.wallClock(), ...start });
    for (const event of standing) this.add({ ...event, atMs: 0 } as HistoryEvent);
  }

  /** Since the run began, in milliseconds. */
  nowMs(): number {
    return rounded(this.#clock.nowMs() - this.originMs);
  }

  /** Sleeps until so many milliseconds after the run began. */
  until(atMs: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(Math.max(0, atMs - this.nowMs()), signal);
  }

  /**
   * Does something, then adds an event that says when it began and how long it took; also when it failed half-way.
   * What the action returns becomes part of the event.
   */
  async timed(
    what: DistributiveOmit<FaultEvent | HealEvent, 'atMs' | 'tookMs'>,
    action: () => Promise<object | undefined>,
  ): Promise<void> {
    const atMs = this.nowMs();
    let said: object | undefined;
    try {
      said = await action();
    } finally {
      this.add({ ...what, ...said, atMs, tookMs: rounded(this.nowMs() - atMs) });
    }
  }

  history(): History {
    return [...this.#events].sort((one, other) => one.atMs - other.atMs);
  }
}
