import type { Role } from '../model/lab.js';
import { type Companion, everyMachine, type RoleFacts } from '../model/role.js';
import { app } from './app.js';
import { backup } from './backup.js';
import { cache } from './cache.js';
import { database } from './database.js';
import { loadBalancer } from './load-balancer.js';
import { monitoring } from './monitoring.js';
import { web } from './web.js';

/** Every role there is, from the entry to the data: nobody else lists them. */
export const roles: readonly RoleFacts[] = [loadBalancer, web, app, database, monitoring, cache, backup];

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

interface Roles {
  readonly roles: readonly Role[];
}

/** Everything that roles put beside others. */
export const companions: readonly Companion[] = roles.flatMap((role) => role.companions ?? []);

const companionNamed = (name: string): Companion => {
  const found = companions.find((companion) => companion.name === name);
  if (found === undefined) throw new Error(`there is no companion ${name}`);
  return found;
};

/** What a lab's roles put beside those of one of its machines, by name. */
export const companionsIn = (lab: readonly Roles[], machine: Roles): readonly string[] =>
  roles
    .filter(({ name }) => lab.some((each) => each.roles.includes(name)))
    .flatMap((role) => role.companions ?? [])
    .filter(({ beside }) => beside === everyMachine || machine.roles.includes(beside))
    .map(({ name }) => name);

/** The companions of a machine. */
export const companionsOn = (machine: { readonly companions?: readonly string[] }): readonly Companion[] =>
  (machine.companions ?? []).map(companionNamed);
