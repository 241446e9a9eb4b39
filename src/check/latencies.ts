import { build } from 'hdr-histogram-js';
import type { History } from '../model/history.js';
import { isBad, probesOf, runOf } from './outages.js';

/** In milliseconds, each within a thousandth of its value. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** `latency` is of the good probes, `lateness` of all: the prober measures itself. Absent where there was none. */
export interface Latencies {
  readonly latency?: Percentiles;
  readonly lateness?: Percentiles;
}

/** The histogram counts whole microseconds. */
const perMs = 1000;

/** An HDR histogram of durations in milliseconds, read at the usual places. */
export const percentiles = (durationsMs: readonly number[]): Percentiles | undefined => {
  if (durationsMs.length === 0) return undefined;
  const histogram = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, useWebAssembly: false });
  for (const durationMs of durationsMs) histogram.recordValue(Math.max(0, Math.round(durationMs * perMs)));
  const at = (percent: number): number => histogram.getValueAtPercentile(percent) / perMs;
  return { count: durationsMs.length, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: at(100) };
};

/** How fast the site answered in a run, and how late the prober was. */
export const latencies = (history: History): Latencies => {
  const limitMs = runOf(history)?.limitMs ?? Number.POSITIVE_INFINITY;
  const probes = probesOf(history);
  const latency = percentiles(probes.filter((probe) => !isBad(probe, limitMs)).map((probe) => probe.latencyMs));
  const lateness = percentiles(probes.map((probe) => probe.latenessMs));
  return { ...(latency ? { latency } : {}), ...(lateness ? { lateness } : {}) };
};
