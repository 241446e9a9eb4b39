/**
 * How fast a computer is right now, as how many times as long as usual its programs need: 1 on a usual one, never less. What
 * programs need may follow it, and recovery generously; counts and what the protocol itself says (VRRP timers) never do.
 */
export type Pace = number;

export const usualPace: Pace = 1;

/** How many times amounts of time may count at the most where a computer is slow: beyond, their bounds would say nothing any more. */
export const mostPace: Pace = 5;

/** One pace out of what several know of it (the lab, its provider, a measurement): the slowest counts. */
export const slowest = (...paces: readonly (Pace | undefined)[]): Pace =>
  Math.max(usualPace, ...paces.map((pace) => pace ?? usualPace));

/** Requests a second that any computer can be asked for. */
const usualRate = 100;

/**
 * How many requests a second a computer of that pace is asked for. What is more than usual becomes less as it is slower: scenarios last
 * as much longer there, so that the number of requests stays.
 */
export const rateAt = (ratePerSecond: number, pace: Pace): number =>
  Math.min(ratePerSecond, Math.max(usualRate, Math.round(ratePerSecond / pace)));
