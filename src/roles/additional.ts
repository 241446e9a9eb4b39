import { blueGreen, type Role } from '../model/lab.js';
import { own } from '../model/own.js';
import type { Additional } from '../model/role.js';
import { roles } from './roles.js';

type Machines = Readonly<Record<string, { readonly roles: readonly Role[]; readonly cores: number }>>;

interface Job extends Additional {
  readonly name: string;
  readonly words: string;
  readonly role: Role;
}

const jobs: readonly Job[] = roles.flatMap(({ name: role, words, additional }) =>
  additional === undefined ? [] : [{ name: role, words, ...additional, role }],
);

const [spread, ...others] = jobs.map(({ name }) => name);
if (spread === undefined) throw new Error('no role can be the additional one');

/** What the fifth machine of a lab can be for; usually it is the second load balancer. */
export const additionalRoles: readonly [string, ...string[]] = [spread, ...others];
export const usualAdditional: string = spread;

/** What is known about a job of the fifth machine. */
export const additionalNamed = (name: string): Job => {
  const found = jobs.find((job) => job.name === name);
  if (found === undefined) throw new Error(`no lab has ${name} as its fifth machine`);
  return found;
};

/** The role that a job is done in. */
export const roleOf = (additional: string): Role => additionalNamed(additional).role;

/** Whether a machine is one of two application servers of which one alone is sent requests. */
export const takesTurns = (
  lab: { readonly additional: string },
  machine: { readonly roles: readonly Role[] },
): boolean => lab.additional === blueGreen && machine.roles.includes(roleOf(blueGreen));

const machine = (...roles: readonly Role[]) => ({ roles, cores: 1 });

/**
 * The five machines of a lab whose file names none. Where the fifth has another job, the second load balancer shares the web
 * machine, so that the pair stays a pair.
 */
const tables: Readonly<Record<string, Machines>> = Object.fromEntries(
  jobs.map(({ name, role, ...additional }) => {
    const behind = { [additional.other ?? 'app']: machine('app'), db: machine('database') };
    const five: Machines =
      name === usualAdditional
        ? { lb1: machine(role), [additional.machine]: machine(role), web: machine('web'), ...behind }
        : {
            lb1: machine('load-balancer'),
            web: machine('load-balancer', 'web'),
            ...behind,
            [additional.machine]: machine(role),
          };
    return [name, five];
  }),
);

export const machinesWith = (additional: string): Machines => {
  const found = own<Machines>(tables, additional);
  if (found === undefined) throw new Error(`no lab has ${additional} as its fifth machine`);
  return found;
};

/** Whether a lab's machines are those that follow from what its fifth is for; another lab has no fifth machine to choose. */
export const followsFromAdditional = (lab: { readonly additional: string; readonly machines: Machines }): boolean => {
  const jobs = (machines: Machines) =>
    Object.entries(machines)
      .map(([name, { roles }]) => [name, ...roles].join(' '))
      .sort()
      .join();
  return jobs(lab.machines) === jobs(machinesWith(lab.additional));
};
