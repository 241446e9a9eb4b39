import { ifTellable } from '../check/judgement.js';
import { phasesOf } from '../check/phases.js';
import type { Finding, Phases } from '../model/verdict.js';
import type { PlayedRun } from './runs.js';

const names: Readonly<Record<keyof Phases, string>> = {
  detectionMs: 'detection',
  electionMs: 'election',
  arpMs: 'ARP',
  firstAnswerMs: 'first answer',
};

export interface FailoverPart {
  readonly name: string;
  readonly ms: number;
  /** Of all that were seen. */
  readonly percent: number;
}

/** What a scenario's failover was made of: medians where there are several runs, nothing where a single one cost no outage. */
export const partsOfFinding = ({ distribution }: Finding, [only]: readonly PlayedRun[]): FailoverPart[] => {
  if (distribution !== undefined) return partsOf(distribution.phases);
  if (only === undefined || only.outageMs === 0) return [];
  return partsOf(ifTellable(() => phasesOf(only.history)) ?? {});
};

/** The parts of a failover that were seen, in order, with what share each had. */
export const partsOf = (phases: Phases): FailoverPart[] => {
  const seen = (Object.keys(names) as (keyof Phases)[]).flatMap((key) => {
    const value = phases[key];
    return value === undefined ? [] : [{ name: names[key], ms: value }];
  });
  const totalMs = seen.reduce((sum, phase) => sum + phase.ms, 0);
  return seen.map((phase) => ({ ...phase, percent: totalMs === 0 ? 0 : (100 * phase.ms) / totalMs }));
};
