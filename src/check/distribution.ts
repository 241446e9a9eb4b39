import type { History } from '../model/history.js';
import type { Distribution, Finding, Phases } from '../model/verdict.js';
import { phasesOf } from './phases.js';
import { percentile } from './prober-trust.js';
import { held } from './site-view.js';

/** A run's finding, and the history it follows from where there is one. */
export interface JudgedRun {
  readonly finding: Finding;
  readonly history?: History | undefined;
}

/** The value in the middle; of an even number, half-way between the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (upper + lower) / 2;
};

const outageOf = ({ finding }: JudgedRun) => finding.measures?.find((measure) => measure.name === 'outage');

const phaseNames = ['detectionMs', 'electionMs', 'arpMs', 'firstAnswerMs'] as const satisfies (keyof Phases)[];

const medianPhases = (all: readonly Phases[]): Phases =>
  Object.fromEntries(
    phaseNames
      .map((name) => [name, all.flatMap((phases) => phases[name] ?? [])] as const)
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => [name, median(values)]),
  );

/** How the outages of several runs lie; undefined unless two runs at least found something out. */
export const distributionOf = (runs: readonly JudgedRun[]): Distribution | undefined => {
  const known = runs.filter(({ finding }) => finding.outcome === 'pass' || finding.outcome === 'fail');
  const outages = known.flatMap((run) => outageOf(run) ?? []);
  if (outages.length < 2) return undefined;
  const values = outages.map((outage) => outage.value);
  const { atMost: boundMs } = held(outages[0]?.atMost);
  return {
    runs: values.length,
    minMs: Math.min(...values),
    medianMs: median(values),
    p95Ms: percentile(values, 0.95),
    maxMs: Math.max(...values),
    ...(boundMs === undefined ? {} : { boundMs }),
    phases: medianPhases(known.flatMap(({ history }) => (history === undefined ? [] : [phasesOf(history)]))),
  };
};
