import type { Plan } from '../model/plan.js';
import type { ScheduledScenario } from '../model/scenario.js';

/** 1/φ: fractions of its multiples lie more evenly than those of any other number, wherever one stops (Weyl 1916). */
const golden = (Math.sqrt(5) - 1) / 2;

type Repeated = Pick<ScheduledScenario, 'repeat' | 'untilSure'>;

/** Which part of an advert interval the run with this number (from 1) begins its faults later; 0 of a single run. */
const fractionOf = ({ repeat, untilSure }: Repeated, repetition: number): number => {
  const index = repetition - 1;
  return untilSure === undefined ? (index % repeat) / repeat : (index * golden) % 1;
};

/**
 * How much later than its scenario says a run begins its faults, in milliseconds. Runs that follow one another begin in step
 * with keepalived, which the one before left in the same state: without it all faults might meet the same moment between two
 * adverts. Of so many runs each has its own moment; where their number is not known, any number of them lies evenly.
 */
export const faultOffsetMs = (
  scenario: Repeated,
  repetition: number,
  { vrrp }: { readonly vrrp: Pick<Plan['vrrp'], 'advertMs'> },
): number => Math.round(fractionOf(scenario, repetition) * vrrp.advertMs);
