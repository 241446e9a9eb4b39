import type { Role } from '../model/lab.js';
import type { PlannedMachine } from '../model/plan.js';
import type { ScenarioFault } from '../model/scenario.js';
import { roleNamed, rolesOn } from '../roles/roles.js';
import { roleRunning, serviceNames } from './services.js';
import { machinesMeant, readTarget } from './targets.js';

/** What a lab's machines are for. */
export type Machines = readonly Pick<PlannedMachine, 'name' | 'roles' | 'takesTurns'>[];

/** The roles that a fault takes from a machine: that of its service, else all that the site leans on. */
const rolesTaken = ({ service }: Pick<ScenarioFault, 'service'>, machine: Machines[number]): readonly Role[] =>
  service === undefined
    ? rolesOn(machine).flatMap(({ name, missed }) => (missed === undefined ? [] : [name]))
    : [roleRunning(service)];

/** Whether no machine is left that does what a fault takes away: it hits a single point of failure. A service that there is none of is nobody's. */
export const takesTheLast = (fault: Pick<ScenarioFault, 'service' | 'target'>, machines: Machines): boolean => {
  const read = readTarget(fault.target, machines);
  if (read === undefined || (fault.service !== undefined && !serviceNames.includes(fault.service))) return false;
  if (read.kind === 'turn' && !read.live) return false;
  const meant = machinesMeant(read, machines);
  const all = read.kind === 'role' && read.which === 'each';
  const left = (role: Role, gone: readonly string[]): boolean => {
    // Who waits for its turn takes nothing over by itself.
    const every = machines.filter(({ roles, takesTurns }) => roles.includes(role) && !takesTurns);
    const there = every.filter(({ name }) => !gone.includes(name)).length;
    return roleNamed(role).needsMajority ? 2 * there > every.length : there > 0;
  };
  return machines
    .filter(({ name }) => meant.includes(name))
    .some((machine) => rolesTaken(fault, machine).some((role) => !left(role, all ? meant : [machine.name])));
};
