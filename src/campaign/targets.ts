import { UnknownError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import { vipHolder, vipStandby } from '../model/scenario.js';

/** The machine that a scenario's target means now: the VIP's holder or standby, a machine by name, or the first of a role. */
export const targetOf = (target: string, plan: Plan, holders: readonly string[]): string => {
  const balancers = plan.machines.filter((machine) => machine.roles.includes('load-balancer'));
  if (target === vipHolder || target === vipStandby) {
    const [holder] = holders;
    if (holder === undefined || holders.length > 1) {
      throw new UnknownError(`Exactly one machine must hold the VIP, but ${holders.join(' and ') || 'none'} does.`);
    }
    if (target === vipHolder) return holder;
    const standby = balancers.find((machine) => machine.name !== holder);
    if (standby) return standby.name;
  }
  const named = plan.machines.find((machine) => machine.name === target);
  const withRole = plan.machines.find((machine) => machine.roles.some((role) => role === target));
  const found = named ?? withRole;
  if (found === undefined) throw new UnknownError(`There is no machine or role ${target} in this lab.`);
  return found.name;
};
