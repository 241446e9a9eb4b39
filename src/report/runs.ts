import { outages, totalMs } from '../check/outages.js';
import type { History, HistoryEvent, RunStarted, VerificationRecord, VerificationStarted } from '../model/history.js';

/** One run of a scenario as a record holds it. */
export interface PlayedRun {
  readonly started: RunStarted;
  readonly history: History;
  readonly outageMs: number;
}

export const startOf = (record: VerificationRecord): VerificationStarted | undefined =>
  record.find((event) => event.type === 'verification-started');

const betweenRuns: ReadonlySet<string> = new Set(['verification-started', 'found', 'verification-ended']);

const historiesOf = (record: VerificationRecord): HistoryEvent[][] => {
  const histories: HistoryEvent[][] = [];
  for (const event of record) {
    if (event.type === 'run-started') histories.push([]);
    if (!betweenRuns.has(event.type)) histories.at(-1)?.push(event as HistoryEvent);
  }
  return histories;
};

/** The runs that count, by scenario, in order: of a repetition that was tried again, the last try. */
export const runsByScenario = (record: VerificationRecord): ReadonlyMap<string, readonly PlayedRun[]> => {
  const counting = new Map<string, Map<number, PlayedRun>>();
  for (const history of historiesOf(record)) {
    const [started] = history;
    if (started?.type !== 'run-started') continue;
    const { id } = started.scenario;
    const repetitions = counting.get(id) ?? new Map<number, PlayedRun>();
    counting.set(id, repetitions.set(started.repetition, { started, history, outageMs: totalMs(outages(history)) }));
  }
  return new Map([...counting].map(([id, repetitions]) => [id, [...repetitions.values()]]));
};

/** The run to look at: the one with the longest outage; among equals the last. */
export const worstRunOf = (runs: readonly PlayedRun[]): PlayedRun | undefined =>
  runs.reduce<PlayedRun | undefined>(
    (worst, run) => (worst === undefined || run.outageMs >= worst.outageMs ? run : worst),
    undefined,
  );
