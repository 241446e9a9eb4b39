import { type Companion, start } from '../../host/command.js';
import { type OwnScript, ownScript } from '../../host/own-script.js';
import { UnknownError } from '../../model/errors.js';
import type { Provider } from '../../providers/provider.js';

/** A process of its own at the vantage that measures or writes at a pace (see vantage-orders.ts). */
export interface VantageProcess {
  readonly pid: number;
  /** The first thing is due at `startMs` on the monotonic clock. */
  begin(startMs: number): void;
  /** Sends no more, waits for the last answers. */
  finish(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts it and waits until it is ready to begin; `report` hears every event as it happens. `who` is its name in errors. */
export const startAtVantage = async <Event>(
  provider: Pick<Provider, 'atVantage'>,
  { script, who }: { readonly script: OwnScript; readonly who: string },
  config: object,
  report: (event: Event) => void,
): Promise<VantageProcess> => {
  const companion = start(provider.atVantage(ownScript(script)));
  companion.write(`${JSON.stringify(config)}\n`);
  const lines = companion.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw await ended(companion, who);
  const reading = (async () => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) report(JSON.parse(line.value) as Event);
  })();
  reading.catch(() => undefined);
  return {
    pid: (JSON.parse(first.value) as { pid: number }).pid,
    begin: (startMs) => companion.write(`start ${startMs}\n`),
    finish: async () => {
      companion.write('stop\n');
      await reading;
      const { exitCode } = await companion.done;
      if (exitCode !== 0) throw await ended(companion, who);
    },
    kill: () => companion.stop(),
  };
};

const ended = async (companion: Companion, who: string): Promise<UnknownError> => {
  const { exitCode, stderr } = await companion.done;
  return new UnknownError(`${who} ended with exit code ${exitCode}. ${stderr.trim().split('\n').at(-1) ?? ''}`.trim());
};
