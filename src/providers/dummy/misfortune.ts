import { setTimeout as delay } from 'node:timers/promises';
import { InterruptedError, MachineError } from '../../model/errors.js';

/** Everything the dummy can be asked to do that may go wrong. */
export type Deed =
  | 'prepare'
  | 'state'
  | 'create'
  | 'start'
  | 'stop'
  | 'destroy'
  | 'upload'
  | 'exec'
  | 'save'
  | 'saveRunning'
  | 'restore'
  | 'list'
  | 'remove'
  | 'cleanUp'
  | 'leftovers';

export interface Misfortune {
  readonly deed: Deed;
  /** Every machine when left out. */
  readonly machine?: string;
  /** Which time it strikes, counted from 1; every time when left out. */
  readonly time?: number;
  /** What is thrown; a MachineError when left out. */
  readonly error?: Error;
}

/** One thing the dummy was asked to do; times of `performance.now()`. */
export interface Call {
  readonly deed: Deed;
  readonly machine?: string;
  readonly fromMs: number;
  toMs?: number;
}

export interface Fate {
  readonly misfortunes?: readonly Misfortune[];
  /** How long each deed takes, in milliseconds; 0 when left out. */
  readonly delaysMs?: Partial<Record<Deed, number>>;
  /** What a call waits for before it is done: lets a test hold several of them at the same point. */
  readonly waitsFor?: (call: Call) => Promise<unknown> | undefined;
  /**
   * From this call on (counted from 1) nothing ever answers again, as if the process had been killed: `before` the call
   * had any effect, `halfway`, or `after` it.
   */
  readonly killedAt?: { readonly call: number; readonly moment: Moment };
}

export type Moment = 'before' | 'halfway' | 'after';

/** What becomes of each call: it is recorded, takes its time, fails when it is to fail, or never returns. */
export class Fortune {
  readonly calls: Call[] = [];
  readonly #fate: Fate;
  #dead = false;

  constructor(fate: Fate = {}) {
    this.#fate = fate;
  }

  /** Whether nothing answers any more. */
  get isKilled(): boolean {
    return this.#dead;
  }

  /** Does a deed in two halves, so that a failure or a kill leaves it half done. */
  async meet<T>(
    call: { deed: Deed; machine?: string; signal?: AbortSignal | undefined },
    halves: { readonly first?: () => Promise<unknown>; readonly second: () => Promise<T> },
  ): Promise<T> {
    const { signal, ...known } = call;
    const entry: Call = { ...known, fromMs: performance.now() };
    this.calls.push(entry);
    const number = this.calls.length;
    await this.#maybeKilled(number, 'before');
    await halves.first?.();
    await this.#maybeKilled(number, 'halfway');
    await this.#takeTime(call.deed, signal);
    await this.#fate.waitsFor?.(entry);
    const error = this.#errorFor(call.deed, call.machine);
    if (error) throw error;
    const result = await halves.second();
    await this.#maybeKilled(number, 'after');
    entry.toMs = performance.now();
    return result;
  }

  #errorFor(deed: Deed, machine: string | undefined): Error | undefined {
    const times = this.calls.filter((call) => call.deed === deed && call.machine === machine).length;
    const struck = this.#fate.misfortunes?.find(
      (one) =>
        one.deed === deed && (one.machine ?? machine) === machine && (one.time === undefined || one.time === times),
    );
    if (struck === undefined) return undefined;
    return (
      struck.error ?? new MachineError(machine ?? 'lab', `${machine ?? 'The lab'}: ${deed} failed as it was told to.`)
    );
  }

  async #takeTime(deed: Deed, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new InterruptedError();
    const durationMs = this.#fate.delaysMs?.[deed] ?? 0;
    if (durationMs === 0) return;
    await delay(durationMs, undefined, signal ? { signal } : {}).catch(() => {
      throw new InterruptedError();
    });
  }

  /** A killed process does nothing any more, in none of the calls that were under way. */
  async #maybeKilled(number: number, moment: Moment): Promise<void> {
    const { killedAt } = this.#fate;
    if (killedAt?.call === number && killedAt.moment === moment) this.#dead = true;
    if (this.#dead) await new Promise<never>(() => undefined);
  }
}
