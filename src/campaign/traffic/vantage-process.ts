import { type Companion, start } from '../../host/command.js';
import { type OwnScript, ownScript } from '../../host/own-script.js';
import { UnknownError } from '../../model/errors.js';
import type { Provider } from '../../providers/provider.js';
import type { StartOrder } from './vantage-orders.js';

/** A process of its own at the vantage that measures or writes at a pace, as often as it is told to (see vantage-orders.ts). */
export interface VantageProcess<Config, Event> {
  readonly pid: number;
  /** Whether it can begin (again). */
  ready(): boolean;
  /** The first thing is due at `startMs` on the monotonic clock; `report` hears every event as it happens. */
  begin(order: StartOrder<Config>, report: (event: Event) => void): void;
  /** Sends no more, waits for the last answers. */
  finish(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** What is begun, until its last answer. */
interface Round<Event> {
  readonly report: (event: Event) => void;
  readonly done: () => void;
}

/** Starts it and waits until it is ready to begin. `who` is its name in errors. */
export const startAtVantage = async <Config, Event extends { readonly type: string }>(
  provider: Pick<Provider, 'atVantage'>,
  { script, who }: { readonly script: OwnScript; readonly who: string },
): Promise<VantageProcess<Config, Event>> => {
  const companion = start(provider.atVantage(ownScript(script)));
  const lines = companion.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw await ended(companion, who);
  let round: Round<Event> | undefined;
  let over: Promise<void> = Promise.resolve();
  let there = true;
  const reading = (async () => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const event = JSON.parse(line.value) as Event;
      if (event.type !== 'done') round?.report(event);
      else {
        round?.done();
        round = undefined;
      }
    }
  })().finally(() => {
    there = false;
  });
  reading.catch(() => undefined);
  return {
    pid: (JSON.parse(first.value) as { pid: number }).pid,
    ready: () => there && round === undefined,
    begin: (order, report) => {
      over = new Promise((done) => {
        round = { report, done };
      });
      companion.write(`${JSON.stringify(order)}\n`);
    },
    finish: async () => {
      companion.write('stop\n');
      await Promise.race([over, reading]);
      if (!there) throw await ended(companion, who);
    },
    kill: async () => {
      there = false;
      await companion.stop();
    },
  };
};

const ended = async (companion: Companion, who: string): Promise<UnknownError> => {
  const { exitCode, stderr } = await companion.done;
  return new UnknownError(`${who} ended with exit code ${exitCode}. ${stderr.trim().split('\n').at(-1) ?? ''}`.trim());
};
