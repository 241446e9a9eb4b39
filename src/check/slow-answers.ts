import type { History } from '../model/history.js';
import type { Measure } from '../model/verdict.js';
import { figures, type Judgement } from './judgement.js';
import { latencies } from './latencies.js';
import { isBad, probesOf, runOf } from './outages.js';

/** Tells how fast the good answers were, and how many of them took more than half the time they had. */
export const slowAnswers = (history: History): Judgement => {
  const limitMs = runOf(history)?.limitMs ?? 0;
  const good = probesOf(history).filter((probe) => !isBad(probe, limitMs));
  const slow = good.filter((probe) => probe.latencyMs > limitMs / 2);
  const { latency } = latencies(history);
  const percentiles: Measure[] = latency
    ? [
        { name: 'latency p50', value: latency.p50, unit: 'ms' },
        { name: 'latency p99', value: latency.p99, unit: 'ms' },
      ]
    : [];
  return figures([{ name: 'slow', value: slow.length, unit: 'requests' }, ...percentiles]);
};
