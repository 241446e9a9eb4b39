/** The shipped scenarios that can't be played by containers, or not by a lab that does not preempt. */
export const notHere: readonly string[] = [
  'app-reload',
  'app-worker-killed',
  'clock-jump',
  'database-disk-full',
  'failback-with-preemption',
];
