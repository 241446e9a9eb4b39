import type { Pace } from '../model/pace.js';

/** `1,600` */
export const number = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A duration for people: `1,600 ms`. */
export const ms = (value: number): string => `${number(value)} ms`;

/** `1 request`, `2 requests`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** What a computer does that is so many times as slow as usual, and what follows from it. */
export const slowWords = (pace: Pace): string =>
  `starts programs ${pace} times as slowly as usual: amounts of time that may pass count that many times`;

/** What it means that a computer is slower than any bound of time is stretched by. */
export const beyondWords = (times: Pace): string =>
  `starts programs ${times} times as slowly as usual now, more than any bound of time is stretched by: what they may explain is unknown`;

const mostNamed = 10;

/** The first few of many, for evidence: `a, b, c and 7 more`. */
export const firstFew = (names: readonly string[]): string =>
  names.length <= mostNamed
    ? names.join(', ')
    : `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`;
