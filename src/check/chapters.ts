import type { History, HistoryEvent, VerificationRecord } from '../model/history.js';
import type { Finding } from '../model/verdict.js';

/** What a record tells, one after the other: a run, or a finding. */
export type Chapter = { readonly history: History } | { readonly finding: Finding };

const sorted = (events: readonly HistoryEvent[]): History => [...events].sort((one, other) => one.atMs - other.atMs);

/** The chapters of a record in order, the events of each run in the order in which they happened. */
export const chaptersOf = (record: VerificationRecord): Chapter[] => {
  const chapters: (HistoryEvent[] | Finding)[] = [];
  for (const event of record) {
    const last = chapters.at(-1);
    if (event.type === 'found') chapters.push(event.finding);
    else if (event.type === 'run-started') chapters.push([event]);
    else if ('atMs' in event && Array.isArray(last)) last.push(event);
  }
  return chapters.map((each) => (Array.isArray(each) ? { history: sorted(each) } : { finding: each }));
};
