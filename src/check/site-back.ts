import type { Measure } from '../model/verdict.js';
import { excess } from './explanations.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import type { Outage } from './outages.js';
import { held, type SiteRule } from './site-view.js';
import { allUndoneMs } from './spells.js';
import { ms } from './words.js';

/** How long after the last undoing the last outage ended; for one that did not, the least that it can have been. */
const backMs = (outages: readonly Outage[], undoneMs: number): number =>
  Math.max(0, ...outages.map((outage) => outage.toMs - undoneMs));

const isOpen = (outages: readonly Outage[]): boolean => outages.some((outage) => outage.open);

/** Once the last fault is undone, the site is back in time. That an outage was seen to end is outageBound's to judge. */
export const siteBack: SiteRule = ({ label, history, least, most, expected: { backWithinMs: boundMs } }) => {
  if (boundMs === undefined) return undefined;
  const undoneMs = allUndoneMs(history);
  if (undoneMs === undefined) return unknown('the fault was never healed');
  const leastMs = backMs(least, undoneMs);
  const mostMs = backMs(most, undoneMs);
  const measures: Measure[] = [{ name: `${label}back after`, value: mostMs, unit: 'ms', ...held(boundMs) }];
  const judge = (): Judgement => {
    if (leastMs > boundMs) {
      const after = `${ms(leastMs)} after the last fault was undone, at most ${ms(boundMs)} may pass`;
      const words = `${label}requests were ${isOpen(least) ? 'still not answered' : 'answered again only'} ${after}`;
      return fail(words, [], [excess(undoneMs, undoneMs + leastMs, leastMs - boundMs)]);
    }
    return mostMs > boundMs
      ? unknown(`this computer was too busy to measure: the ${label}outage ended within ${ms(mostMs)}`)
      : pass(`${label}requests were answered again within ${ms(mostMs)}`);
  };
  return { ...judge(), measures };
};
