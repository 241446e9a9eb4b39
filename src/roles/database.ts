import type { System } from '../model/lab.js';
import type { Plan } from '../model/plan.js';
import type { PackageChoices, Packages, RoleFacts, SettingsZod } from '../model/role.js';
import type { Secret } from '../model/secret.js';
import { backupPassword, isBackedUp } from './backup-account.js';
import { clusterTimings, engines, topologies, topologyNamed } from './database-topology.js';
import { clusterConvergence, nodeIsReady } from './galera.js';
import { release } from './release.js';
import { memberIsReady, pairConvergence } from './replica.js';

export { engines } from './database-topology.js';

type Source = 'release' | 'sid' | 'none';

/**
 * Where each system's MySQL comes from. Debian has none of its own. That of sid upgrades three small libraries on
 * Debian 13, but on Debian 12 it would replace the C library and most of what depends on it: it can't be had there.
 */
const mysqlSource: Readonly<Record<System, Source>> = {
  'debian-12': 'none',
  'debian-13': 'sid',
  'ubuntu-22.04': 'release',
  'ubuntu-24.04': 'release',
};

/** Whether the system can have real MySQL; MariaDB is everywhere. */
export const mysqlAvailable = (system: System): boolean => mysqlSource[system] !== 'none';

/**
 * A copy of everything goes between the nodes of a cluster by rsync, which knows no TLS. Every MariaDB has it: one that stands alone may
 * become a node later, and a machine made of a base has no way to a package mirror.
 */
const copiesOverTls = ['stunnel4'];

export const packages = (choices: PackageChoices): Packages => {
  if (choices.database.engine === 'mariadb') return release('mariadb-client', 'mariadb-server', ...copiesOverTls);
  const source = mysqlSource[choices.system];
  if (source === 'none') throw new Error(`${choices.system} has no MySQL`);
  const names = ['mysql-server'];
  return source === 'sid' ? { names: [], fromSid: names } : release(...names);
};

/** The password of the application's account, on either side. */
export const databasePassword = (plan: Plan): Secret => ({
  kind: 'password',
  path: 'etc/quintet/database.password',
  account: plan.database.user,
});

/** The account by which a replica follows its source, and each looks at the other: no machine but theirs has its password. */
export const replicationAccount = 'quintet_replica';

const replicationPassword: Secret = {
  kind: 'password',
  path: 'etc/quintet/replication.password',
  account: replicationAccount,
};

const identifier = /^[a-z][a-z0-9_]{0,30}$/;
const name = (z: SettingsZod) => z.string().regex(identifier, 'must be a plain name: a-z, 0-9 and _');

const settings = (z: SettingsZod) => ({
  database: z
    .strictObject({
      topology: z
        .enum(topologies)
        .optional()
        .describe(
          'single: one machine keeps the data; replica: two, a source that takes writes and a replica that has them too, and takes its place when quintet promote says so; cluster: an odd number from 3 on, any of which takes writes, and a majority goes on; left out, it follows from how many machines have the role',
        ),
      engine: z
        .enum(engines)
        .optional()
        .describe('Which database server; mysql when left out, mariadb with a replica and in a cluster'),
      timing: z
        .enum(clusterTimings)
        .optional()
        .describe(
          'How soon a cluster goes on without a node that fell silent: fast within 0.8 s, balanced (when left out) 2.4 s, classic 7 s; the sooner, the sooner a busy node is taken for dead',
        ),
      flush: z
        .enum(['commit', 'second'])
        .default('commit')
        .describe(
          'commit: a write is on the disk before it is acknowledged; second: about once a second, which is faster, and loses what was acknowledged since',
        ),
      schema: name(z).default('quintet').describe('The one schema (database) it holds'),
      user: name(z).default('app').describe('The account of the application'),
    })
    .describe('The database behind the application'),
});

export const isCluster = (plan: Pick<Plan, 'database'>): boolean => plan.database.cluster !== undefined;

/** Whether one of two databases takes writes and the other one follows it. */
export const isReplicated = (plan: Pick<Plan, 'database'>): boolean => plan.database.replica !== undefined;

const ready = (plan: Pick<Plan, 'database'>) => {
  if (isCluster(plan)) return nodeIsReady;
  return isReplicated(plan) ? memberIsReady : undefined;
};

/** MySQL or MariaDB: what is acknowledged is on its disk. */
export const database: RoleFacts = {
  name: 'database',
  words: 'database server',
  synonyms: ['db', 'sql', 'mysql', 'mysqld', 'mariadb'],
  missed: 'the application has nowhere to keep its data',
  // Of a source and its replica neither does it by itself: who takes writes is a person's to decide.
  needsMajority: true,
  software: (plan) => (plan.database.engine === 'mariadb' ? 'MariaDB' : 'MySQL'),
  icon: '<ellipse cx="16" cy="7" rx="11" ry="4"/><path d="M5 7v18c0 2.200 5 4 11 4s11-1.800 11-4V7M5 13c0 2.200 5 4 11 4s11-1.800 11-4M5 19c0 2.200 5 4 11 4s11-1.800 11-4"/>',
  colour: { light: '#bd4a1c', dark: '#f39a70' },
  firstOffset: 41,
  memoryMb: { usual: 1024, least: 384 },
  ports: {
    database: { usual: 3306, about: 'On the database server, from the application server only', unprivileged: true },
    group: { usual: 4567, about: 'On each database of a cluster, from the others only', unprivileged: true },
    changes: { usual: 4568, about: 'The same, for the changes that a returning one has missed', unprivileged: true },
    copies: { usual: 4444, about: 'The same, for a copy of everything to one that has nothing', unprivileged: true },
  },
  settings,
  packages,
  folders: (plan) => [
    'database/common',
    `database/${plan.database.engine}`,
    ...topologyNamed(plan.database.topology).folders,
  ],
  services: {
    database: {
      unit: (plan) => (plan.database.engine === 'mariadb' ? 'mariadb' : 'mysql'),
      ready,
    },
  },
  programs: (plan) => [
    plan.database.engine === 'mariadb' ? ['mariadb', 'mariadbd --version'] : ['mysql', 'mysqld --version'],
  ],
  visits: [
    { from: 'app', port: 'database', purpose: 'queries, over TLS' },
    { from: 'backup', port: 'database', purpose: 'base backups and binary logs, over TLS' },
    { from: 'database', port: 'database', purpose: 'replication, over TLS', when: isReplicated },
    { from: 'database', port: 'group', purpose: 'the group of the cluster, over TLS', when: isCluster },
    {
      from: 'database',
      port: 'changes',
      purpose: 'changes that were missed, over TLS',
      sometimes: true,
      when: isCluster,
    },
    { from: 'database', port: 'copies', purpose: 'a copy of everything, over TLS', sometimes: true, when: isCluster },
  ],
  // `.pem` in /etc/mysql is what Ubuntu's AppArmor profile lets mysqld read.
  secrets: (plan, machine) => [
    { kind: 'authority', path: 'etc/mysql/lab-ca.pem' },
    {
      kind: 'certificate',
      keyPath: 'etc/mysql/lab-server-key.pem',
      path: 'etc/mysql/lab-server-cert.pem',
      commonName: machine.name,
      names: [machine.name, machine.address],
      ...(isCluster(plan) ? { peer: true as const } : {}),
    },
    databasePassword(plan),
    ...(isBackedUp(plan) ? [backupPassword] : []),
    ...(isReplicated(plan) ? [replicationPassword] : []),
  ],
  randomRows: [
    { settings: { fault: 'process-killed', service: 'database' } },
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'machine-paused' } },
  ],
  convergences: [clusterConvergence, pairConvergence],
};
