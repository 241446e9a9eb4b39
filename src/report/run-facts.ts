import type { Environment, RecordEvent, VerificationRecord } from '../model/history.js';
import type { ProviderName } from '../model/lab.js';
import type { ScheduledScenario } from '../model/scenario.js';
import { startOf } from './runs.js';

/** About the run as a whole. */
export interface RunFacts {
  readonly lab: string;
  readonly title: string;
  readonly provider: ProviderName;
  /** Wall clock, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that does it again, and the seed of a random campaign. */
  readonly command?: string;
  readonly seed?: string;
  readonly environment?: Environment;
  /** What was played, with what was expected; all in milliseconds. */
  readonly scenarios?: readonly ScheduledScenario[];
}

/** What a record says about the run as a whole. Throws where it does not say how it began: then it is no record. */
export const runFactsOf = (record: VerificationRecord): RunFacts => {
  const start = startOf(record);
  if (start === undefined) throw new Error('a record begins with verification-started');
  const { plan, wallClock, command, seed, environment } = start;
  return {
    lab: plan.name,
    title: plan.title,
    provider: plan.provider,
    startedAt: wallClock,
    durationMs: durationOf(record, wallClock),
    command,
    ...(seed === undefined ? {} : { seed }),
    environment,
    scenarios: scenariosOf(record),
  };
};

/** A record that was cut off lasted at least until the last that it tells. */
const durationOf = (record: VerificationRecord, wallClock: string): number => {
  const ended = record.find((event) => event.type === 'verification-ended');
  if (ended) return ended.durationMs;
  const lastRun = record.findLast((event) => event.type === 'run-started');
  if (lastRun === undefined) return 0;
  const last = record.findLast((event): event is Extract<RecordEvent, { atMs: number }> => 'atMs' in event);
  return Math.max(0, Date.parse(lastRun.wallClock) - Date.parse(wallClock)) + (last?.atMs ?? 0);
};

const scenariosOf = (record: VerificationRecord): ScheduledScenario[] => {
  const started = record.filter((event) => event.type === 'run-started');
  return [...new Map(started.map(({ scenario }) => [scenario.id, scenario])).values()];
};
