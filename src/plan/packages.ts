import type { Role } from '../model/lab.js';
import type { PackageChoices, Packages } from '../model/role.js';
import { release } from '../roles/release.js';
import { roleNamed } from '../roles/roles.js';

/** What the machines of every lab on a system have in common, so that it is built once for all of them. */
export const sharedPackages: Packages = release('ca-certificates', 'iproute2', 'nftables', 'openssh-server');

/** What machines with these roles need beyond what is shared. */
export const ownPackages = (choices: PackageChoices, roles: readonly Role[]): Packages => {
  const { names, fromSid } = packagesFor(choices, roles);
  return { names: names.filter((name) => !sharedPackages.names.includes(name)), fromSid };
};

/** The packages of a machine with these roles; of all roles together, what a base for every machine must hold. */
export const packagesFor = (choices: PackageChoices, roles: readonly Role[]): Packages => {
  const parts = [sharedPackages, ...roles.map((role) => roleNamed(role).packages(choices))];
  const merged = (pick: (part: Packages) => readonly string[]) => [...new Set(parts.flatMap(pick))].sort();
  return { names: merged((part) => part.names), fromSid: merged((part) => part.fromSid) };
};
