import { run } from './command.js';

/**
 * Lets all threads of a process run before everything else (SCHED_RR, sched(7)); `false` where that is refused (not root, no
 * Linux, a control group without real time). A nice value does not see to that: Linux shares the processor among sessions
 * first (autogroups), and every machine has many.
 */
export const runInRealTime = async (pid: number): Promise<boolean> => {
  const result = await run(['chrt', '--all-tasks', '--rr', '--pid', '1', String(pid)]).catch(() => undefined);
  return result?.exitCode === 0;
};
