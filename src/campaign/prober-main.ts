import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { systemClock } from '../host/clock.js';
import { type ProberConfig, probe } from './prober.js';

/**
 * The prober's process. Standard input: a line of JSON (ProberConfig), then `start MS` (on CLOCK_MONOTONIC), then `stop`;
 * its end ends the prober at once, so that it never outlives Quintet. Standard output: `{"type":"ready"}`, then a
 * ProbeEvent a line.
 */
const say = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

/** Five machines may be busy beside it. Only root may push ahead; without it the prober says how late it was. */
try {
  setPriority(-15);
} catch {}

const stop = new AbortController();
const abort = new AbortController();
const lines = createInterface({ input: process.stdin });
let config: ProberConfig | undefined;

const commands: Readonly<Record<string, (word: string) => void>> = {
  start: (startMs) => {
    if (config === undefined) throw new Error('start before the configuration');
    void probe(config, Number(startMs), systemClock, say, { stop: stop.signal, abort: abort.signal }).finally(() =>
      lines.close(),
    );
  },
  stop: () => stop.abort(),
};

lines.on('line', (line) => {
  if (line.startsWith('{')) {
    config = JSON.parse(line) as ProberConfig;
    say({ type: 'ready' });
    return;
  }
  const [verb = '', word = ''] = line.split(' ');
  commands[verb]?.(word);
});
lines.on('close', () => {
  abort.abort();
  process.stdin.destroy();
});
process.stdout.on('error', () => lines.close());
