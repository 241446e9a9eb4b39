import type { Clock } from '../../host/clock.js';
import type { WriteEvent } from '../../model/history.js';
import { type EntryContract, forEntry, pathForEntry } from '../../model/site.js';
import { type Entrance, freshRequest, type Reply } from './fresh-request.js';
import { type LoopSignals, openLoop } from './open-loop.js';
import { leftMs, rounded } from './prober.js';

export interface WriterConfig {
  /** How an entry is written; nothing is where the application takes none. */
  readonly entries?: EntryContract | undefined;
  /** Each entry's id is this and a number; nobody else may use it. */
  readonly idPrefix: string;
  readonly writesPerSecond: number;
  readonly mostWrites: number;
  /** A write is given up when it is not answered this long after it was due. */
  readonly timeoutMs: number;
}

/** Beyond this many without an answer a write that is due is reported as failed and not sent. */
const mostInFlight = 500;

type Outcome = Pick<WriteEvent, 'result' | 'status' | 'detail'>;

/**
 * What is known of a write after the answer to it. An acknowledgement names the entry. A refusal (4xx) comes before
 * anything is written. Any other answer may hide a write that was made: the application says 503 too when it loses the
 * database after the statement was sent, and the web server when it waited in vain for the application. Without an answer
 * only one that was never sent is known to have failed (as in Jepsen: `fail` is what certainly did not happen).
 */
export const outcomeOf = ({ write }: EntryContract, id: string, reply: Reply): Outcome => {
  if (reply.kind !== 'answer') {
    const detail = reply.kind === 'timeout' ? 'no answer in time' : reply.detail;
    return { result: reply.begun ? 'unknown' : 'failed', detail };
  }
  const { status, body } = reply;
  if (status >= 200 && status < 300) {
    return body.includes(forEntry(write.acknowledged, id))
      ? { result: 'acknowledged', status }
      : { result: 'unknown', status, detail: 'the answer does not name the entry' };
  }
  const refused = status >= 400 && status < 500;
  return { result: refused ? 'failed' : 'unknown', status, detail: `status ${status}` };
};

/** Writes entries from `startMs` at a constant rate, each once and on a connection of its own; see `probe` for the rest. */
export const write = async (
  config: WriterConfig,
  entrance: Entrance,
  startMs: number,
  clock: Clock,
  report: (event: WriteEvent) => void,
  signals: LoopSignals,
): Promise<void> => {
  const { entries, idPrefix, writesPerSecond: ratePerSecond, mostWrites: most } = config;
  if (entries === undefined || ratePerSecond === 0) return;
  const { method, path, body } = entries.write;
  const fly = async (index: number, dueAtMs: number, inFlight: number): Promise<void> => {
    const id = `${idPrefix}${index + 1}`;
    const lateMs = Math.max(0, clock.nowMs() - dueAtMs);
    const asked = { method, path: pathForEntry(path, id), body: forEntry(body, id) };
    const outcome: Outcome =
      inFlight >= mostInFlight
        ? { result: 'failed', detail: `not sent: ${inFlight} writes are waiting for an answer` }
        : outcomeOf(entries, id, await freshRequest(entrance, asked, leftMs(config, lateMs), signals.abort));
    report({
      type: 'write',
      atMs: rounded(dueAtMs - startMs),
      id,
      latenessMs: rounded(lateMs),
      latencyMs: rounded(clock.nowMs() - dueAtMs),
      ...outcome,
    });
  };
  await openLoop({ ratePerSecond, startMs, most }, clock, fly, signals);
};
