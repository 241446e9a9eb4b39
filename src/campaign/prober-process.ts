import { type Companion, start } from '../host/command.js';
import { ownScript } from '../host/own-script.js';
import { UnknownError } from '../model/errors.js';
import type { ProbeEvent } from '../model/history.js';
import type { Provider } from '../providers/provider.js';
import type { ProberConfig } from './prober.js';

/** The prober in its own process at the vantage. */
export interface ProberProcess {
  /** The first probe is due at `startMs` on the monotonic clock. */
  begin(startMs: number): void;
  /** Sends no more, waits for the last answers. */
  finish(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts the prober and waits until it is ready to begin; `report` hears every probe as it is answered. */
export const startProber = async (
  provider: Pick<Provider, 'atVantage'>,
  config: ProberConfig,
  report: (event: ProbeEvent) => void,
): Promise<ProberProcess> => {
  const companion = start(provider.atVantage(ownScript('campaign/prober-main')));
  companion.write(`${JSON.stringify(config)}\n`);
  const lines = companion.lines[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw await failed(companion);
  const reading = (async () => {
    for (let line = await lines.next(); !line.done; line = await lines.next())
      report(JSON.parse(line.value) as ProbeEvent);
  })();
  reading.catch(() => undefined);
  return {
    begin: (startMs) => companion.write(`start ${startMs}\n`),
    finish: async () => {
      companion.write('stop\n');
      await reading;
      const { exitCode } = await companion.done;
      if (exitCode !== 0) throw await failed(companion);
    },
    kill: () => companion.stop(),
  };
};

const failed = async (companion: Companion): Promise<UnknownError> => {
  const { exitCode, stderr } = await companion.done;
  return new UnknownError(
    `The prober ended with exit code ${exitCode}. ${stderr.trim().split('\n').at(-1) ?? ''}`.trim(),
  );
};
