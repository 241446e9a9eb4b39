import type { History } from '../model/history.js';
import { absence } from './explanations.js';
import { fail, pass, unknown } from './judgement.js';
import { type Outage, runOf } from './outages.js';
import type { SiteRule, SiteView } from './site-view.js';
import { faultsOf, type Spell, spells } from './spells.js';
import { tenures } from './vip-holders.js';

const overlaps = (spell: Spell, outage: Outage): boolean =>
  outage.fromMs <= (spell.undoneMs ?? Number.POSITIVE_INFINITY) && outage.toMs >= spell.fault.atMs;

/** Whether two machines were hit at the same time. */
const together = (one: Spell, other: Spell): boolean =>
  one.fault.machine !== other.fault.machine &&
  one.fault.atMs <= (other.undoneMs ?? Number.POSITIVE_INFINITY) &&
  other.fault.atMs <= (one.undoneMs ?? Number.POSITIVE_INFINITY);

/** The faults while which there was an outage. */
const telling = (history: History, outages: readonly Outage[]): Spell[] =>
  spells(history).filter((spell) => outages.some((outage) => overlaps(spell, outage)));

/** A fault that was made late may not have had the time to show itself. */
const unseen = (history: History) =>
  spells(history).flatMap(({ fault, undoneMs }) => (undoneMs === undefined ? [] : [absence(fault.atMs, undoneMs)]));

const hit = (of: readonly Spell[]): string => [...new Set(of.map((spell) => spell.fault.machine))].join(' and ');

/** The site can't do without what was hit: while the fault lasts there must be an outage, or the fault did not bite. */
export const expectedOutage: SiteRule = ({ label, history, least, most, expected }) => {
  if (!expected.outageExpected || new Set(faultsOf(history).map(({ machine }) => machine)).size > 1) return undefined;
  const seen = telling(history, least);
  if (seen.length > 0) return pass(`the ${label}outage that was expected was seen while ${hit(seen)} was hit`);
  if (telling(history, most).length > 0) {
    return unknown(`this computer was too busy to measure: whether there was a ${label}outage is not known`);
  }
  const why = `${hit(spells(history))} can be done without, or the fault did not bite`;
  return fail(`no ${label}outage was seen although one was expected: ${why}`, [], unseen(history));
};

/**
 * The machine that a run proved to be a single point of failure; undefined where no outage was expected or seen. One that
 * the VIP can leave is none, even where a fault deceived the pair; and where several were hit at once nothing is proved of any.
 */
export const singlePointOf = ({ history, least, expected }: SiteView): string | undefined => {
  if (!expected.outageExpected || new Set(faultsOf(history).map(({ machine }) => machine)).size > 1) return undefined;
  const alone = runOf(history)?.scenario.alone;
  const paired = new Set(alone ? [] : tenures(history).flatMap((each) => each.holders));
  const told = telling(history, least);
  const machines = told.filter((one) => !told.some((other) => together(one, other))).map(({ fault }) => fault.machine);
  return machines.find((machine) => !paired.has(machine));
};
