import type { Role } from '../model/lab.js';
import type { Plan } from '../model/plan.js';
import type { RoleService } from '../model/role.js';
import type { Service } from '../model/scenario.js';
import { roles } from '../roles/roles.js';

const rows = roles.flatMap((role) => Object.entries(role.services).map(([name, service]) => ({ name, service, role })));

/** Every service there is, by the names people use. */
export const serviceNames: readonly Service[] = rows.map(({ name }) => name);

const rowOf = (name: Service) => {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};

/** The role whose machines run a service. */
export const roleRunning = (service: Service): Role => rowOf(service).role.name;

/** What is known about a service. */
export const serviceNamed = (service: Service): RoleService => rowOf(service).service;

/** The systemd unit of a service in a lab. */
export const unitOf = (service: Service, plan: Pick<Plan, 'database'>): string =>
  `${serviceNamed(service).unit(plan)}.service`;

/** The services that run where these roles are. */
export const servicesOn = (some: readonly Role[]): readonly Service[] =>
  rows.filter(({ role }) => some.includes(role.name)).map(({ name }) => name);
