import test, { type ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/verdict.js';
import { type Ran, words } from './quintet.js';

/** What a computer may be too busy for now and then is tried so often at the most; the last time counts. */
const triesAtMost = 3;

type Body = (t: ExecutionContext) => Promise<void>;

/** The body of such a test. */
export const atLast =
  (body: Body) =>
  async (t: ExecutionContext): Promise<void> => {
    for (let tried = 1; ; tried += 1) {
      const attempt = await t.try(body);
      if (attempt.passed || tried === triesAtMost) return attempt.commit();
      t.log(`try ${tried} failed: ${attempt.errors[0]?.message}`);
      attempt.discard();
    }
  };

/** A test that measures time, alone in its file meanwhile. */
export const timed = (title: string, body: Body): void => test.serial(title, atLast(body));

/** What a verification found, from its report as JSON. */
export const findingsOf = (ran: Ran): Finding[] => {
  try {
    return (JSON.parse(ran.stdout) as { findings: Finding[] }).findings;
  } catch (error) {
    throw new Error(words(ran), { cause: error });
  }
};

/** A finding in words, for whoever has to find out why a test failed. */
export const findingText = ({ id, outcome, detail, evidence = [] }: Finding): string =>
  [`${id}: ${outcome}: ${detail}`, ...evidence].join('; ');

/** What no computer is too busy for: it is never tried again. */
const inexcusable = /\blost\b|split brain|did not hold the VIP/;

const mayPassNext = (one: Finding, never: RegExp): boolean =>
  one.kind === 'scenario' && (one.outcome === 'unknown' || !never.test(one.detail));

/**
 * What a verification found: scenarios whose bounds were broken are played again by `verify`, and
 * of those the last finding stands. Checks, lost writes and the like stand as they are.
 */
export const foundAtLast = async (
  t: ExecutionContext,
  first: Ran,
  verify: (...line: string[]) => Promise<Ran>,
  never = inexcusable,
): Promise<Finding[]> => {
  const found = new Map(findingsOf(first).map((one) => [`${one.kind} ${one.id}`, one]));
  for (let tried = 1; tried < triesAtMost; tried += 1) {
    const wrong = [...found.values()].filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
    if (wrong.length === 0 || !wrong.every((one) => mayPassNext(one, never))) break;
    for (const one of wrong) t.log(`try ${tried}: ${findingText(one)}`);
    for (const one of findingsOf(await verify('verify', '--only', 'failed', '--format', 'json')))
      found.set(`${one.kind} ${one.id}`, one);
  }
  return [...found.values()];
};
