import { createInterface } from 'node:readline';
import type { LoopSignals } from './open-loop.js';

/** What a process at the vantage does between `start` and its end; resolves when all of it is done and reported. */
export type Carry<Config> = (config: Config, startMs: number, say: Say, signals: LoopSignals) => Promise<void>;
export type Say = (event: object) => void;

/** An order to begin; `startMs` is on CLOCK_MONOTONIC. */
export interface StartOrder<Config> {
  readonly startMs: number;
  readonly config: Config;
}

/**
 * The process of a prober and its like. Standard input: a start order as a line of JSON, then `stop`, and the same again as often
 * as wanted; its end ends the process at once, so that it never outlives Quintet. Standard output: `{"type":"ready","pid":PID}`,
 * then for each order an event a line and `{"type":"done"}`.
 */
export const followOrders = <Config>(carry: Carry<Config>): void => {
  const say: Say = (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const abort = new AbortController();
  let stop: AbortController | undefined;
  const lines = createInterface({ input: process.stdin });
  const start = async ({ config, startMs }: StartOrder<Config>): Promise<void> => {
    if (stop !== undefined) throw new Error('start before the end of what was started before');
    stop = new AbortController();
    await carry(config, startMs, say, { stop: stop.signal, abort: abort.signal });
    stop = undefined;
    say({ type: 'done' });
  };
  lines.on('line', (line) => {
    if (line === 'stop') stop?.abort();
    else void start(JSON.parse(line) as StartOrder<Config>);
  });
  lines.on('close', () => {
    abort.abort();
    process.stdin.destroy();
  });
  process.stdout.on('error', () => lines.close());
  say({ type: 'ready', pid: process.pid });
};
