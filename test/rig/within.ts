import { setTimeout as delay } from 'node:timers/promises';

/** Whether something comes to be so, in that time. */
export const within = async (limitMs: number, holds: () => Promise<boolean>, everyMs = 50): Promise<boolean> => {
  for (const untilMs = performance.now() + limitMs; ; await delay(everyMs)) {
    if (await holds()) return true;
    if (performance.now() > untilMs) return false;
  }
};
