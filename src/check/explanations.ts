/** What would explain a fail: that between two moments one of the machines, or the vantage, could not run for so long. */
export interface Explanation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly needMs: number;
}

/** What is late by a stall is late by more than is counted: caches are cold then, and others were waited for. */
const factor = 2;
/** A stall can show itself so long after: time-outs and checks that fail several times come between. */
const reachMs = 3000;
/** So much in that time can make a check, an advert or an answer come too late. Computers that do nothing else stay well below. */
const needMs = 250;

/**
 * For something that was seen `excessMs` later, or longer, than it may: each step on the way is late by the stalls of
 * whoever takes it, and seldom are more than two on the way.
 */
export const excess = (fromMs: number, toMs: number, excessMs: number): Explanation => ({
  fromMs,
  toMs,
  needMs: excessMs / factor,
});

/** For something that never came in all that time. */
export const absence = (fromMs: number, toMs: number): Explanation => excess(fromMs, toMs, toMs - fromMs);

/** For something that should not happen at all, and was seen at `toMs` at the latest. */
export const mishap = (fromMs: number, toMs = fromMs): Explanation => ({
  fromMs: fromMs - reachMs,
  toMs,
  needMs,
});

/** For a state that should not be at all: a stall before it can have begun it, and must last as long as it did. */
export const lapse = (fromMs: number, toMs: number): Explanation => ({
  fromMs: fromMs - reachMs,
  toMs,
  needMs: Math.max(needMs, (toMs - fromMs) / factor),
});

/** For something that was only asked once, at rest, and not answered in time. */
export const silence: Explanation = { fromMs: 0, toMs: Number.POSITIVE_INFINITY, needMs };
