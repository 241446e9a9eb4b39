import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfAny } from './files.js';

/** How much there is to do on this computer. */
export interface Load {
  readonly cores: number;
  /** How many programs want to run at once. */
  readonly running: number;
}

const looks = 9;
const everyMs = 50;

/** The fourth word of Linux's /proc/loadavg, `running/all`; undefined where there is none. */
export const runningIn = (text: string | undefined): number | undefined => {
  const found = /^(?:\S+ ){3}(\d+)\//.exec(text ?? '')?.[1];
  // The one that reads it runs as well.
  return found === undefined ? undefined : Math.max(0, Number(found) - 1);
};

/** Looks for half a second; elsewhere than on Linux the average of the last minute must do (Windows has none: 0). */
export const loadNow = async (): Promise<Load> => {
  const cores = availableParallelism();
  const seen: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    const running = runningIn(await readIfAny('/proc/loadavg'));
    if (running === undefined) return { cores, running: Math.round(loadavg()[0] ?? 0) };
    seen.push(running);
    await delay(everyMs);
  }
  return { cores, running: seen.sort((one, other) => one - other)[Math.floor(looks / 2)] ?? 0 };
};
