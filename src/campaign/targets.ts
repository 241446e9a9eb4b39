import { UnknownError } from '../model/errors.js';
import { own } from '../model/own.js';
import type { Plan } from '../model/plan.js';
import { firstHolder, firstStandby, vipHolder, vipStandby } from '../model/scenario.js';

/** Who holds the VIP, each sorted. */
export interface Holders {
  readonly now: readonly string[];
  /** When the run began. */
  readonly first: readonly string[];
}

/** Which word means which holders, and whether the holder itself or the other one. */
const words: Readonly<Record<string, { readonly of: keyof Holders; readonly standby: boolean }>> = {
  [vipHolder]: { of: 'now', standby: false },
  [vipStandby]: { of: 'now', standby: true },
  [firstHolder]: { of: 'first', standby: false },
  [firstStandby]: { of: 'first', standby: true },
};

/** The machine that a scenario's target means: a holder or standby of the VIP, a machine by name, or the first of a role. */
export const targetOf = (target: string, plan: Plan, holders: Holders): string => {
  const word = own(words, target);
  if (word) return byVip(plan, holders[word.of], word.standby);
  const named = plan.machines.find((machine) => machine.name === target);
  const withRole = plan.machines.find((machine) => machine.roles.some((role) => role === target));
  const found = named ?? withRole;
  if (found === undefined) throw new UnknownError(`There is no machine or role ${target} in this lab.`);
  return found.name;
};

const byVip = (plan: Plan, holders: readonly string[], standby: boolean): string => {
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) {
    throw new UnknownError(`Exactly one machine must hold the VIP, but ${holders.join(' and ') || 'none'} does.`);
  }
  if (!standby) return holder;
  const other = plan.machines.find(({ name, roles }) => roles.includes('load-balancer') && name !== holder);
  if (other === undefined) throw new UnknownError('There is no other load balancer in this lab.');
  return other.name;
};
