import type { Lab, Role, System } from '../model/lab.js';

/** The choices that packages depend on; every Plan has them. */
export interface PackageChoices {
  readonly system: System;
  readonly app: Pick<Lab['app'], 'runtime'>;
  readonly database: Pick<Lab['database'], 'engine'>;
}

export interface Packages {
  readonly names: readonly string[];
  /** Packages that the system's own release lacks and Debian unstable (sid) has; nothing else is taken from there. */
  readonly fromSid: readonly string[];
}

/** What every machine has, whatever its role. */
const common = ['ca-certificates', 'iproute2', 'nftables', 'openssh-server'];

const runtimes: Record<Lab['app']['runtime'], readonly string[]> = {
  node: ['nodejs'],
  // MySQL's caching_sha2_password needs python3-cryptography.
  gunicorn: ['gunicorn', 'python3-cryptography', 'python3-flask', 'python3-pymysql', 'python3-sqlalchemy'],
};

type Source = 'release' | 'sid' | 'none';

/**
 * Where each system's MySQL comes from. Debian has none of its own. That of sid upgrades three small libraries on
 * Debian 13, but on Debian 12 it would replace the C library and most of what depends on it: it can't be had there.
 */
const mysqlSource: Record<System, Source> = {
  'debian-12': 'none',
  'debian-13': 'sid',
  'ubuntu-22.04': 'release',
  'ubuntu-24.04': 'release',
};

/** Whether the system can have real MySQL; MariaDB is everywhere. */
export const mysqlAvailable = (system: System): boolean => mysqlSource[system] !== 'none';

const release = (names: readonly string[]): Packages => ({ names, fromSid: [] });

const database = (choices: PackageChoices): Packages => {
  if (choices.database.engine === 'mariadb') return release(['mariadb-client', 'mariadb-server']);
  const source = mysqlSource[choices.system];
  if (source === 'none') throw new Error(`${choices.system} has no MySQL`);
  const names = ['mysql-server'];
  return source === 'sid' ? { names: [], fromSid: names } : release(names);
};

const ofRole: Record<Role, (choices: PackageChoices) => Packages> = {
  'load-balancer': () => release(['curl', 'haproxy', 'keepalived']),
  web: () => release(['curl', 'nginx']),
  app: (choices) => release(['curl', ...runtimes[choices.app.runtime]]),
  database,
};

/** What the machines of every lab on a system have in common, so that it is built once for all of them. */
export const sharedPackages: Packages = release(common);

/** What machines with these roles need beyond what is shared. */
export const ownPackages = (choices: PackageChoices, roles: readonly Role[]): Packages => {
  const { names, fromSid } = packagesFor(choices, roles);
  return { names: names.filter((name) => !common.includes(name)), fromSid };
};

/** The packages of a machine with these roles; of all roles together, what a base for every machine must hold. */
export const packagesFor = (choices: PackageChoices, roles: readonly Role[]): Packages => {
  const parts = [release(common), ...roles.map((role) => ofRole[role](choices))];
  const merged = (pick: (part: Packages) => readonly string[]) => [...new Set(parts.flatMap(pick))].sort();
  return { names: merged((part) => part.names), fromSid: merged((part) => part.fromSid) };
};
