/**
 * How fast a computer is right now, as how many times as long as usual its programs need: 1 on a usual one, never less. What
 * programs need may follow it, and recovery generously; counts and what the protocol itself says (VRRP timers) never do.
 */
export type Pace = number;

export const usualPace: Pace = 1;

/** One pace out of what several know of it (the lab, its provider, a measurement): the slowest counts. */
export const slowest = (...paces: readonly (Pace | undefined)[]): Pace =>
  Math.max(usualPace, ...paces.map((pace) => pace ?? usualPace));
