import { excess } from './explanations.js';
import { fail, pass, unknown } from './judgement.js';
import { lastMs, totalMs } from './outages.js';
import type { SiteRule } from './site-view.js';
import { firstFaultMs } from './spells.js';
import { ms } from './words.js';

/**
 * The site was away no longer, all outages together, than the bound. Without a bound any outage passes, as long as it was
 * seen to end.
 */
export const outageBound: SiteRule = ({ label, history, least, most, expected: { outageAtMostMs: bound } }) => {
  const boundMs = bound ?? Number.POSITIVE_INFINITY;
  const seen = bound === undefined ? ms(totalMs(most)) : `${ms(totalMs(most))} of at most ${ms(bound)}`;
  if (totalMs(least) > boundMs) {
    return fail(`${label}outage ${seen}`, [], [excess(firstFaultMs(history), lastMs(least), totalMs(least) - boundMs)]);
  }
  if (most.some((outage) => outage.open)) return unknown('the run ended before the site was back');
  if (totalMs(most) > boundMs) {
    const range = `between ${ms(totalMs(least))} and ${ms(totalMs(most))}`;
    return unknown(`this computer was too busy to measure: the ${label}outage lasted ${range}`);
  }
  return pass(totalMs(most) === 0 ? `no ${label}outage` : `${label}outage ${seen}`);
};
