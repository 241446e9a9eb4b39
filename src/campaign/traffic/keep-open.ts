import type { Clock } from '../../host/clock.js';
import type { ConnectionEvent } from '../../model/history.js';
import { codeOf, type Entrance } from './fresh-request.js';
import { KeptConnection } from './kept-connection.js';
import type { LoopSignals } from './open-loop.js';
import { rounded } from './prober.js';

export interface KeepConfig {
  readonly keptConnections: number;
  /** Each connection carries a request this often, and one that can't be opened is tried again as often. */
  readonly keptEveryMs: number;
  readonly keptPath: string;
  /** What an answer must contain to count. */
  readonly keptContains: string;
  readonly timeoutMs: number;
}

/**
 * Keeps connections open and in use from `startMs` until `stop` fires, and tells what becomes of each. One that the server
 * ends gracefully, with no request lost, is `closed` and opened again: that is no break.
 */
export const keepOpen = async (
  config: KeepConfig,
  entrance: Entrance,
  startMs: number,
  clock: Clock,
  report: (event: ConnectionEvent) => void,
  signals: LoopSignals,
): Promise<void> => {
  const { keptConnections: count, keptEveryMs } = config;
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  // Spread over the interval, so that they never come in a volley.
  const kept = ids.map((id) =>
    keepOne(config, entrance, startMs + ((id - 1) * keptEveryMs) / count, clock, signals, (event) =>
      report({ type: 'connection', atMs: rounded(Math.max(0, clock.nowMs() - startMs)), id, ...event }),
    ),
  );
  await Promise.all(kept);
};

/** Node.js's timers may fire a moment too early: that must not make two requests of one. */
const timersEarlyMs = 2;

type Report = (event: Omit<ConnectionEvent, 'type' | 'atMs' | 'id'>) => void;

const keepOne = async (
  config: KeepConfig,
  entrance: Entrance,
  fromMs: number,
  clock: Clock,
  signals: LoopSignals,
  report: Report,
): Promise<void> => {
  const over = AbortSignal.any([signals.stop, signals.abort]);
  const sleep = (waitMs: number, signal: AbortSignal) => clock.sleep(waitMs, signal).catch(() => undefined);
  const rest = (signal: AbortSignal): Promise<void> => {
    const beat = Math.floor((clock.nowMs() - fromMs + timersEarlyMs) / config.keptEveryMs) + 1;
    return sleep(fromMs + beat * config.keptEveryMs - clock.nowMs(), signal);
  };
  await sleep(Math.max(0, fromMs - clock.nowMs()), over);
  while (!over.aborted) {
    try {
      const connection = await KeptConnection.open(entrance, config.timeoutMs);
      await use(connection, config, clock, { over, abort: signals.abort }, rest, report);
    } catch (error) {
      report({ what: 'refused', detail: codeOf(error as Error) });
      await rest(over);
    }
  }
};

/** Uses a connection until it ends or is ended. */
const use = async (
  connection: KeptConnection,
  { keptPath: path, keptContains: contains, timeoutMs }: KeepConfig,
  clock: Clock,
  { over, abort }: { readonly over: AbortSignal; readonly abort: AbortSignal },
  rest: (signal: AbortSignal) => Promise<void>,
  report: Report,
): Promise<void> => {
  const openedMs = clock.nowMs();
  report({ what: 'opened' });
  const close = () => connection.close();
  abort.addEventListener('abort', close);
  const either = AbortSignal.any([over, connection.ended]);
  while (!either.aborted) {
    await connection.ask({ path, contains, timeoutMs });
    if (!either.aborted) await rest(either);
  }
  abort.removeEventListener('abort', close);
  close();
  const { what, detail } = connection.ending ?? { what: 'over', detail: 'closed' };
  report({
    what: what === 'broke' ? 'broke' : 'closed',
    ageMs: rounded(clock.nowMs() - openedMs),
    answers: connection.answers,
    detail,
  });
};
