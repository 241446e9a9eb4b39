import { setTimeout as delay } from 'node:timers/promises';

/** Time as a parameter: whoever measures or waits is given one of these. */
export interface Clock {
  /** Milliseconds on CLOCK_MONOTONIC, which every process of this computer shares; only differences mean something. */
  nowMs(): number;
  /** Wall clock, ISO 8601, for people only. */
  wallClock(): string;
  /** Rejects with an AbortError when `signal` fires. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  wallClock: () => new Date().toISOString(),
  sleep: async (durationMs, signal) => {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  },
};
