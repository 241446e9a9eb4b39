import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { executable, plainEnvironment } from './quintet.js';

/** A moment of a run: after so many milliseconds, when its standard error says something, or when something is so. */
export type Moment = number | RegExp | (() => Promise<boolean>);

export interface Killed {
  /** What it had said on standard error. */
  readonly said: string;
  /** Whether it was alive when its moment came: otherwise it ended before. */
  readonly inTime: boolean;
}

/**
 * Kills a command in such a moment of its run: one that was over before its moment came is run again, for nothing was killed.
 */
export const killedInTime = async (cwd: string, argv: readonly string[], moment: Moment): Promise<Killed> => {
  for (let left = 3; ; left -= 1) {
    const ended = await killed(cwd, argv, moment);
    if (ended.inTime || left === 0) return ended;
  }
};

/** Runs the built command line and kills it with -9 at a moment: it can tidy nothing up. */
export const killed = async (cwd: string, words: readonly string[], moment: Moment): Promise<Killed> => {
  const child = execa(process.execPath, [executable, ...words], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: plainEnvironment,
    timeout: 120_000,
  });
  let said = '';
  let ended = false;
  child.stderr.on('data', (bytes) => {
    said += String(bytes);
    if (moment instanceof RegExp && moment.test(said)) child.kill('SIGKILL');
  });
  void child.then(() => {
    ended = true;
  });
  if (typeof moment === 'number') await delay(moment).then(() => child.kill('SIGKILL'));
  if (typeof moment === 'function') {
    while (!ended && !(await moment())) await delay(5);
    child.kill('SIGKILL');
  }
  const { signal } = await child;
  return { said, inTime: signal === 'SIGKILL' };
};
