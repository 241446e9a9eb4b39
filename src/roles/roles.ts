import type { Role } from '../model/lab.js';
import type { RoleFacts } from '../model/role.js';
import { app } from './app.js';
import { database } from './database.js';
import { loadBalancer } from './load-balancer.js';
import { web } from './web.js';

/** Every role there is, from the entry to the data: nobody else lists them. */
export const roles: readonly RoleFacts[] = [loadBalancer, web, app, database];

export const roleNames: readonly Role[] = roles.map(({ name }) => name);

/** What is known about a role. */
export const roleNamed = (name: Role): RoleFacts => {
  const found = roles.find((role) => role.name === name);
  if (found === undefined) throw new Error(`there is no role ${name}`);
  return found;
};

/** The roles of a machine, from the entry to the data. */
export const rolesOn = (machine: { readonly roles: readonly Role[] }): readonly RoleFacts[] =>
  roles.filter(({ name }) => machine.roles.includes(name));
