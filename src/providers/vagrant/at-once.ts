/** What decides how many vagrant processes may run at a time. */
export interface Room {
  readonly cores: number;
  readonly freeMb: number;
  /** Of each machine that they bring; none when they bring none. */
  readonly memoryMb: readonly number[];
}

/** The Ruby of one vagrant process. */
const rubyMb = 200;
/** It mostly waits: for VirtualBox, for the machine. */
const perCore = 2;
const least = 5;

/** How many vagrant processes may run at a time, each with its own Ruby and a machine that takes its memory: one at least. */
export const atOnce = ({ cores, freeMb, memoryMb }: Room): number => {
  const byCores = Math.max(least, perCore * cores);
  const byMemory = Math.floor(freeMb / (Math.max(0, ...memoryMb) + rubyMb));
  return Math.max(1, Math.min(byCores, byMemory));
};
