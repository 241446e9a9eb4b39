import type { History, ProbeEvent, RunStarted, Via, WriteEvent } from '../model/history.js';

/** A stretch of time in which probes due were not answered correctly within the limit. */
export interface Outage {
  /** When the first bad probe was due. */
  readonly fromMs: number;
  /** When the first good one after it was due; where there was none, when the run ended. */
  readonly toMs: number;
  /** No good probe followed: it may have lasted longer than was seen. */
  readonly open: boolean;
}

/** How many milliseconds late a probe may be sent and still say something about the moment it was due. */
export const latenessToleranceMs = 50;

/**
 * A probe sent late saw another moment than the one it was due at, so it proves nothing about that moment. Counting such
 * probes once as good and once as bad gives the least and the most that the outage can have been.
 */
export type LateAs = 'good' | 'bad';

export const probesOf = (history: History): ProbeEvent[] =>
  history.filter((event) => event.type === 'probe').sort((one, other) => one.atMs - other.atMs);

export const runOf = (history: History): RunStarted | undefined =>
  history.find((event) => event.type === 'run-started');

const endOf = (history: History): number =>
  history.reduce(
    (end, event) => (event.type === 'probe' || event.type === 'run-ended' ? Math.max(end, event.atMs) : end),
    0,
  );

export const isBad = (probe: ProbeEvent, limitMs: number): boolean =>
  probe.result !== 'ok' || probe.latencyMs > limitMs;

/** An answer, good or not, that says which load balancer it came through. */
export interface Answered extends ProbeEvent {
  readonly via: Via & { readonly loadBalancer: string };
}

export const isAnswered = (probe: ProbeEvent): probe is Answered =>
  probe.via?.loadBalancer !== undefined && (probe.result === 'ok' || probe.result === 'wrong');

export const isLate = (probe: ProbeEvent): boolean => probe.latenessMs > latenessToleranceMs;

/**
 * Outages of the site in order. Paths are judged apart, then laid over one another: while the application is down, `/`
 * answers well between two failures of a dynamic one, and that is one outage, not a hundred.
 */
export const outages = (history: History, lateAs: LateAs = 'bad'): Outage[] => {
  const limitMs = runOf(history)?.limitMs ?? Number.POSITIVE_INFINITY;
  const bad = (probe: ProbeEvent) => (isLate(probe) ? lateAs === 'bad' : isBad(probe, limitMs));
  const probes = probesOf(history);
  const paths = [...new Set(probes.map((probe) => probe.path))];
  const of = (path: string) => probes.filter((probe) => probe.path === path);
  return overlaid(paths.flatMap((path) => stretches(of(path), bad, endOf(history))));
};

const stretches = <Due extends { readonly atMs: number }>(
  all: readonly Due[],
  bad: (one: Due) => boolean,
  endMs: number,
): Outage[] => {
  const found: Outage[] = [];
  let fromMs: number | undefined;
  for (const one of all) {
    if (bad(one)) fromMs ??= one.atMs;
    else if (fromMs !== undefined) {
      found.push({ fromMs, toMs: one.atMs, open: false });
      fromMs = undefined;
    }
  }
  return fromMs === undefined ? found : [...found, { fromMs, toMs: endMs, open: true }];
};

/** Stretches of time in which no write that was due was acknowledged within the limit. */
export const writeOutages = (history: History): Outage[] => {
  const limitMs = runOf(history)?.limitMs ?? Number.POSITIVE_INFINITY;
  const writes = history.filter((event) => event.type === 'write').sort((one, other) => one.atMs - other.atMs);
  const bad = ({ result, latencyMs }: WriteEvent) => result !== 'acknowledged' || latencyMs > limitMs;
  return stretches(writes, bad, endOf(history));
};

const overlaid = (stretchesOfAll: readonly Outage[]): Outage[] => {
  const merged: Outage[] = [];
  for (const next of [...stretchesOfAll].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    if (last === undefined || next.fromMs > last.toMs) merged.push(next);
    else merged[merged.length - 1] = joined(last, next);
  }
  return merged;
};

const joined = (one: Outage, other: Outage): Outage => ({
  fromMs: one.fromMs,
  toMs: Math.max(one.toMs, other.toMs),
  open: one.open || other.open,
});

export const lengthMs = (outage: Outage): number => outage.toMs - outage.fromMs;
export const totalMs = (all: readonly Outage[]): number => all.reduce((sum, outage) => sum + lengthMs(outage), 0);
/** When the last of them ended. */
export const lastMs = (all: readonly Outage[]): number => Math.max(0, ...all.map((outage) => outage.toMs));
export const longestMs = (all: readonly Outage[]): number => Math.max(0, ...all.map(lengthMs));
