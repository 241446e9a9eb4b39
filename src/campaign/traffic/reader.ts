import type { Clock } from '../../host/clock.js';
import type { ReadEvent } from '../../model/history.js';
import { type EntryContract, forEntry, pathForEntry } from '../../model/site.js';
import { type Entrance, freshRequest, type Reply } from './fresh-request.js';
import { type LoopSignals, openLoop } from './open-loop.js';
import { rounded } from './prober.js';

export interface ReaderConfig {
  /** How an entry is read; nothing is where the application takes none. */
  readonly entries?: EntryContract | undefined;
  readonly readsPerSecond: number;
  readonly mostReads: number;
  /** A read is given up when it is not answered after this long. */
  readonly timeoutMs: number;
}

/** A write that was acknowledged, and when, on the clock. */
export interface Acknowledged {
  readonly id: string;
  readonly atMs: number;
}

type Outcome = Pick<ReadEvent, 'result' | 'status' | 'detail'>;

/**
 * What an answer tells of an entry. Only the application's own words say that it is not there: another 404 may come from an
 * application that knows no such request, and any other answer says nothing about it.
 */
export const seenIn = ({ read }: EntryContract, id: string, reply: Reply): Outcome => {
  if (reply.kind !== 'answer') {
    return { result: 'unknown', detail: reply.kind === 'timeout' ? 'no answer in time' : reply.detail };
  }
  const { status, body } = reply;
  if (status === 200 && body.includes(forEntry(read.seen, id))) return { result: 'seen', status };
  if (status === 404 && body.includes(forEntry(read.missing, id))) return { result: 'missing', status };
  return { result: 'unknown', status, detail: status === 200 ? 'the answer is another entry' : `status ${status}` };
};

/**
 * Reads the entry that was acknowledged last, from `startMs` on at a constant rate, each on a connection of its own and none
 * twice: where nothing was acknowledged since the last read there is nothing to ask. See `probe` for the rest.
 */
export const readFresh = async (
  config: ReaderConfig,
  entrance: Entrance,
  startMs: number,
  clock: Clock,
  latest: () => Acknowledged | undefined,
  report: (event: ReadEvent) => void,
  signals: LoopSignals,
): Promise<void> => {
  const { entries, readsPerSecond: ratePerSecond, mostReads: most, timeoutMs } = config;
  if (entries === undefined || ratePerSecond === 0) return;
  let last: string | undefined;
  const fly = async (): Promise<void> => {
    const fresh = latest();
    if (fresh === undefined || fresh.id === last) return;
    last = fresh.id;
    const { id } = fresh;
    const beganMs = clock.nowMs();
    const asked = { method: 'GET', path: pathForEntry(entries.read.path, id) } as const;
    const outcome = seenIn(entries, id, await freshRequest(entrance, asked, timeoutMs, signals.abort));
    report({
      type: 'read',
      atMs: rounded(beganMs - startMs),
      id,
      ackedAtMs: rounded(fresh.atMs - startMs),
      latencyMs: rounded(clock.nowMs() - beganMs),
      ...outcome,
    });
  };
  await openLoop({ ratePerSecond, startMs, most }, clock, fly, signals);
};
