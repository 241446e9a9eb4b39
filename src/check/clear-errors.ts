import type { ProbeEvent } from '../model/history.js';
import { answerOf, probeMishap } from './failed-requests.js';
import { fail, pass, unknown } from './judgement.js';
import { isBad, isLate } from './outages.js';
import type { SiteRule, SiteView } from './site-view.js';
import { spells } from './spells.js';

/** What the edges of a fault may spoil. */
const otherShareAtMost = 0.02;

/** Whether a probe was due when the fault had had its time to be noticed, and over before the undoing began. */
const isAmidst = (view: SiteView, probe: ProbeEvent): boolean =>
  spells(view.history).some(
    ({ madeMs, undoBegunMs = Number.POSITIVE_INFINITY }) =>
      probe.atMs >= madeMs + view.limitMs && probe.atMs + probe.latencyMs <= undoBegunMs,
  );

/** While the fault lasts, who gets no good answer gets a clear one: complete, and with the status that was said. */
export const clearErrors: SiteRule = (view) => {
  const { label, probes, limitMs, expected } = view;
  if (expected.status === undefined) return undefined;
  const amidst = probes.filter((probe) => !isLate(probe) && isAmidst(view, probe));
  if (amidst.length === 0) return unknown(`no ${label}request was due while the fault lasted`);
  const bad = amidst.filter((probe) => isBad(probe, limitMs));
  const other = bad.filter((probe) => !(probe.result === 'wrong' && probe.status === expected.status));
  const tally = tallyOf(other.map((probe) => answerOf(probe, limitMs)));
  const evidence = tally.length === 0 ? [] : [`instead of status ${expected.status}: ${tally.join(', ')}`];
  const spare = bad.length * otherShareAtMost;
  if (other.length > spare) {
    const whose = `${other.length} of ${bad.length} failed ${label}requests`;
    const words = `${whose} had no clear answer (status ${expected.status}): ${tally.slice(0, 3).join(', ')}`;
    // Another status is what the site says itself: no computer is too busy for the right one.
    const answered = other.filter(({ result }) => result === 'wrong').length;
    return fail(words, evidence, answered > spare ? [] : other.map(probeMishap), spare);
  }
  return pass(`${bad.length} ${label}requests were answered with status ${expected.status}`, evidence);
};

/** `12 × ETIMEDOUT`, the most frequent first. */
const tallyOf = (words: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([word, count]) => `${count} × ${word}`);
};
