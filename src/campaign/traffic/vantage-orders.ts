import { createInterface } from 'node:readline';
import { own } from '../../model/own.js';
import type { LoopSignals } from './open-loop.js';

/** What a process at the vantage does between `start` and its end; resolves when all of it is done and reported. */
export type Carry<Config> = (config: Config, startMs: number, say: Say, signals: LoopSignals) => Promise<void>;
export type Say = (event: object) => void;

/**
 * The process of a prober and its like. Standard input: a line of JSON (its configuration), then `start MS` (on
 * CLOCK_MONOTONIC), then `stop`; its end ends the process at once, so that it never outlives Quintet. Standard output:
 * `{"type":"ready","pid":PID}`, then an event a line.
 */
export const followOrders = <Config>(carry: Carry<Config>): void => {
  const say: Say = (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const stop = new AbortController();
  const abort = new AbortController();
  const lines = createInterface({ input: process.stdin });
  let config: Config | undefined;
  const orders: Readonly<Record<string, (word: string) => void>> = {
    start: (startMs) => {
      if (config === undefined) throw new Error('start before the configuration');
      const signals = { stop: stop.signal, abort: abort.signal };
      void carry(config, Number(startMs), say, signals).finally(() => lines.close());
    },
    stop: () => stop.abort(),
  };
  lines.on('line', (line) => {
    if (line.startsWith('{')) {
      config = JSON.parse(line) as Config;
      say({ type: 'ready', pid: process.pid });
      return;
    }
    const [verb = '', word = ''] = line.split(' ');
    own(orders, verb)?.(word);
  });
  lines.on('close', () => {
    abort.abort();
    process.stdin.destroy();
  });
  process.stdout.on('error', () => lines.close());
};
