import { setTimeout as delay } from 'node:timers/promises';
import { ComputerError } from '../../model/errors.js';
import { processesIn } from './cgroups.js';
import { thawGroup } from './freezer.js';

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};

/** Kills every process of a group until none is left; `first` (a machine's first process takes the others along) first. */
export const killGroup = async (name: string, first?: number, limitMs = 10_000): Promise<void> => {
  if (first !== undefined) kill(first);
  const until = Date.now() + limitMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 20)) {
    const left = await processesIn(name);
    if (left.length === 0) return;
    if (Date.now() > until) {
      throw new ComputerError(`Processes ${left.join(', ')} of ${name} can't be killed.`, {
        hint: 'They probably wait for a disk that does not answer; restarting the computer ends them.',
      });
    }
    left.forEach(kill);
    // Under version 1 what is frozen dies only when it thaws, and then before it does anything else.
    await thawGroup(name);
    await delay(pauseMs);
  }
};
