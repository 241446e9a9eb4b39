import { type Companion, start } from '../../host/command.js';
import type { Provider } from '../../providers/provider.js';

/**
 * Hears every line of a program at the vantage until the signal fires; never rejects. Whatever ends Quintet ends that program
 * too: without it, nothing would for as long as it has nothing to say.
 */
export const overhear = async (
  provider: Pick<Provider, 'atVantage'>,
  argv: readonly string[],
  hear: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const companion = start(provider.atVantage(['setpriv', '--pdeathsig', 'TERM', ...argv]));
  await Promise.all([listen(companion, hear), onceAborted(signal).then(() => companion.stop())]);
};

const listen = async (companion: Companion, hear: (line: string) => void): Promise<void> => {
  try {
    for await (const line of companion.lines) hear(line);
  } catch {}
};

const onceAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
