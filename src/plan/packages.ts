import type { Role } from '../model/lab.js';
import type { PackageChoices, Packages } from '../model/role.js';
import { release } from '../roles/release.js';
import { companionsOn, roleNamed, roles } from '../roles/roles.js';

/** What the machines of every lab on a system have in common, so that it is built once for all of them. */
export const sharedPackages: Packages = release('iproute2', 'nftables', 'openssh-server', 'openssl');

/** What machines with these roles need beyond what is shared. */
export const ownPackages = (choices: PackageChoices, roles: readonly Role[]): Packages =>
  beyond(packagesFor(choices, roles), sharedPackages);

/** What the companions of a machine need beyond that. */
export const besidePackages = (choices: PackageChoices, { roles, companions = [] }: Equipped): Packages =>
  beyond(packagesFor(choices, roles, companions), packagesFor(choices, roles));

interface Equipped {
  readonly roles: readonly Role[];
  readonly companions?: readonly string[];
}

const beyond = (all: Packages, known: Packages): Packages => ({
  names: all.names.filter((name) => !known.names.includes(name)),
  fromSid: all.fromSid.filter((name) => !known.fromSid.includes(name)),
});

/** The packages of a machine with these roles; of all roles together, what a base for every machine must hold. */
export const packagesFor = (
  choices: PackageChoices,
  roles: readonly Role[],
  companions: readonly string[] = [],
): Packages => {
  const guests = [...roles.map(roleNamed), ...companionsOn({ companions })];
  const parts = [sharedPackages, ...guests.map(({ packages }) => packages(choices))];
  const merged = (pick: (part: Packages) => readonly string[]) => [...new Set(parts.flatMap(pick))].sort();
  return { names: merged((part) => part.names), fromSid: merged((part) => part.fromSid) };
};

/** What a machine must hold that could be anything in any lab; what only some labs have is installed where it is wanted. */
export const packagesForAll = (choices: PackageChoices): Packages =>
  packagesFor(
    choices,
    roles.filter(({ missed }) => missed !== undefined).map(({ name }) => name),
  );
