import { isBad } from '../check/outages.js';
import type { HistoryEvent } from '../model/history.js';

/** How many probes in a row, up to the last one that was answered or given up, were answered well. */
export const goodAnswersIn = (limitMs: number) => {
  let count = 0;
  let fromMs = 0;
  return {
    hear: (event: HistoryEvent): void => {
      if (event.type !== 'probe') return;
      if (isBad(event, limitMs)) count = 0;
      else if (event.atMs >= fromMs) count += 1;
    },
    inARow: () => count,
    /** What was sent before says nothing about what is from then on. */
    anew: (atMs: number): void => {
      count = 0;
      fromMs = atMs;
    },
  };
};

export type GoodAnswers = Pick<ReturnType<typeof goodAnswersIn>, 'inARow' | 'anew'>;
