import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { Ran } from './quintet.js';

export interface Interrupted extends Ran {
  /** Whether it was at work when its moment came: otherwise it had ended before. */
  readonly inTime: boolean;
  /** How long it took to end after that. */
  readonly endedAfterMs: number;
}

export interface Running {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly afterMs: number;
}

/** Runs a command and presses Ctrl-C after a while: like a terminal's, it goes to all the processes that it has started. */
export const interrupted = async (argv: readonly string[], { afterMs, ...options }: Running): Promise<Interrupted> => {
  const [program = '', ...words] = argv;
  const child = execa(program, words, { ...options, detached: true, reject: false, stdin: 'ignore', timeout: 300_000 });
  const ended = child.then(() => 'ended' as const);
  const first = await Promise.race([ended, delay(afterMs, 'moment' as const)]);
  const fromMs = performance.now();
  if (first === 'moment' && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  const { exitCode, stdout, stderr } = await child;
  return {
    exitCode: exitCode ?? 128,
    stdout: String(stdout),
    stderr: String(stderr),
    inTime: first === 'moment',
    endedAfterMs: performance.now() - fromMs,
  };
};
