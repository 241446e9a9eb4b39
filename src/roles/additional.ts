import type { Role } from '../model/lab.js';
import { own } from '../model/own.js';
import { roles } from './roles.js';

type Machines = Readonly<Record<string, { readonly roles: readonly Role[]; readonly cores: number }>>;

const [spread, ...others] = roles.filter(({ additional }) => additional !== undefined).map(({ name }) => name);
if (spread === undefined) throw new Error('no role can be the additional one');

/** What the fifth machine of a lab can be for; usually it is the second load balancer. */
export const additionalRoles: readonly [Role, ...Role[]] = [spread, ...others];
export const usualAdditional: Role = spread;

const machine = (...roles: readonly Role[]) => ({ roles, cores: 1 });

/**
 * The five machines of a lab whose file names none. Where the fifth has another job, the second load balancer shares the web
 * machine, so that the pair stays a pair.
 */
const tables: Readonly<Record<Role, Machines>> = Object.fromEntries(
  roles.flatMap(({ name, additional }) => {
    if (additional === undefined) return [];
    const behind = { app: machine('app'), db: machine('database') };
    const five: Machines =
      name === usualAdditional
        ? { lb1: machine(name), [additional.machine]: machine(name), web: machine('web'), ...behind }
        : {
            lb1: machine('load-balancer'),
            web: machine('load-balancer', 'web'),
            ...behind,
            [additional.machine]: machine(name),
          };
    return [[name, five]];
  }),
);

export const machinesWith = (additional: Role): Machines => {
  const found = own<Machines>(tables, additional);
  if (found === undefined) throw new Error(`no lab has ${additional} as its fifth machine`);
  return found;
};

/** Whether a lab's machines are those that follow from what its fifth is for; another lab has no fifth machine to choose. */
export const followsFromAdditional = (lab: { readonly additional: Role; readonly machines: Machines }): boolean => {
  const jobs = (machines: Machines) =>
    Object.entries(machines)
      .map(([name, { roles }]) => [name, ...roles].join(' '))
      .sort()
      .join();
  return jobs(lab.machines) === jobs(machinesWith(lab.additional));
};
