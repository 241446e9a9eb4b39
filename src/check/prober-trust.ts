import type { FaultEvent, History, ProbeEvent } from '../model/history.js';
import { mishap } from './explanations.js';
import { type Judgement, unknown } from './judgement.js';
import { isBad, isLate, probesOf, runOf } from './outages.js';
import { faultsOf } from './spells.js';
import { ms } from './words.js';

/** The value below which `share` (0 to 1) of the values lie. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
};

interface Run {
  readonly probes: readonly ProbeEvent[];
  readonly intervalMs: number;
  readonly endedMs: number | undefined;
}

type Doubt = (run: Run) => string | undefined;

const doubts: readonly Doubt[] = [
  ({ probes }) => (probes.length === 0 ? 'no probe was sent' : undefined),
  ({ endedMs }) => (endedMs === undefined ? 'the run did not reach its end' : undefined),
  ({ probes }) => {
    const ids = new Set(probes.map((probe) => probe.id));
    const highest = probes.reduce((most, probe) => Math.max(most, probe.id), -1);
    const missing = highest + 1 - ids.size;
    return missing > 0 ? `${missing} probes were sent but never reported` : undefined;
  },
  ({ probes, intervalMs }) => {
    const firstMs = probes[0]?.atMs ?? 0;
    return firstMs > slackMs(intervalMs) ? `probing began ${ms(firstMs)} late` : undefined;
  },
  ({ probes, intervalMs, endedMs }) => {
    const silentMs = (endedMs ?? 0) - (probes.at(-1)?.atMs ?? 0);
    return silentMs > slackMs(intervalMs) ? `probing stopped ${ms(silentMs)} before the run ended` : undefined;
  },
];

const slackMs = (intervalMs: number): number => Math.max(250, 3 * intervalMs);

/**
 * Reasons not to believe what the prober measured, for people; none when it can be trusted. That it was late now and then
 * is none: what those probes can hide is reckoned with (see LateAs).
 */
export const proberDoubts = (history: History): string[] => {
  const started = runOf(history);
  if (started === undefined) return ['the run never started'];
  const run: Run = {
    probes: probesOf(history),
    intervalMs: 1000 / started.ratePerSecond,
    endedMs: history.find((event) => event.type === 'run-ended')?.atMs,
  };
  return doubts.map((doubt) => doubt(run)).filter((doubt) => doubt !== undefined);
};

/** A probe in flight when the fault is made may fail although it was due before; one due a whole limit earlier may not. */
const brokenBefore = (history: History, faults: readonly FaultEvent[]): ProbeEvent | undefined => {
  const limitMs = runOf(history)?.limitMs ?? 0;
  const firstMs = Math.min(...faults.map((fault) => fault.atMs));
  return probesOf(history).find((probe) => probe.atMs < firstMs - limitMs && !isLate(probe) && isBad(probe, limitMs));
};

/** Why nothing can be said about the site from this run's probes; undefined when they can be believed. */
export const notMeasured = (history: History): Judgement | undefined => {
  const found = proberDoubts(history);
  if (found.length > 0) return unknown(`the outage was not measured: ${found[0]}`, found);
  const faults = faultsOf(history);
  if (faults.length === 0) return unknown('no fault was made');
  const bad = brokenBefore(history, faults);
  return bad && unknown('the site failed before the fault was made', [], [mishap(bad.atMs, bad.atMs + bad.latencyMs)]);
};
