import { gravest } from '../check/judgement.js';
import { outages, runOf, totalMs } from '../check/outages.js';
import { runsOf } from '../check/record.js';
import { judgeScenario } from '../check/scenario.js';
import type { History, RunStarted, VerificationRecord, VerificationStarted } from '../model/history.js';

/** One run of a scenario as a record holds it. */
export interface PlayedRun {
  readonly started: RunStarted;
  readonly history: History;
  readonly outageMs: number;
}

export const startOf = (record: VerificationRecord): VerificationStarted | undefined =>
  record.find((event) => event.type === 'verification-started');

/** The runs that count, by scenario, in order: of a repetition that was tried again, the last try. */
export const runsByScenario = (record: VerificationRecord): ReadonlyMap<string, readonly PlayedRun[]> => {
  const counting = new Map<string, Map<number, PlayedRun>>();
  for (const history of runsOf(record)) {
    const started = runOf(history);
    if (started === undefined) continue;
    const { id } = started.scenario;
    const repetitions = counting.get(id) ?? new Map<number, PlayedRun>();
    counting.set(id, repetitions.set(started.repetition, { started, history, outageMs: totalMs(outages(history)) }));
  }
  return new Map([...counting].map(([id, repetitions]) => [id, [...repetitions.values()]]));
};

/** The run to look at, as the finding means it: the gravest, and among those the one with the longest outage. */
export const worstRunOf = (runs: readonly PlayedRun[]): PlayedRun | undefined => {
  if (runs.length < 2) return runs[0];
  const outcomes = runs.map(({ history }) => judgeScenario(history).outcome);
  const worst = gravest(outcomes);
  return runs
    .filter((_, index) => outcomes[index] === worst)
    .reduce((one, other) => (other.outageMs > one.outageMs ? other : one));
};
