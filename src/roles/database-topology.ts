import type { Lab } from '../model/lab.js';
import { own } from '../model/own.js';
import type { ClusterTimers, PlannedDatabase, ReplicaTimers } from '../model/plan.js';

export const engines = ['mysql', 'mariadb'] as const;
type Engine = (typeof engines)[number];

/** How the database's machines keep its data between them. */
export interface Topology {
  /** What serves it where nobody chose. */
  readonly engine: Engine;
  readonly engines: readonly Engine[];
  /** What its machines get beside what every machine with that engine gets: folders of templates. */
  readonly folders: readonly string[];
  /** The least memory that one of its machines lives in, in MiB. */
  readonly leastMb: number;
}

const topologyTable = {
  single: { engine: 'mysql', engines, folders: [], leastMb: 384 },
  replica: { engine: 'mariadb', engines: ['mariadb'], folders: ['database/replica'], leastMb: 384 },
  // The database, the messages of the group, its cache of recent changes (32 MiB), and the copy that it sends to a node that joins.
  cluster: { engine: 'mariadb', engines: ['mariadb'], folders: ['database/cluster'], leastMb: 512 },
} as const satisfies Readonly<Record<string, Topology>>;

export const topologies = Object.keys(topologyTable) as (keyof typeof topologyTable)[];

export const topologyNamed = (name: string): Topology => {
  const topology: Topology | undefined = own(topologyTable, name);
  if (topology === undefined) throw new Error(`there is no topology ${name}`);
  return topology;
};

type Timing = Omit<ClusterTimers, 'downMs'>;

/**
 * The named timings of a cluster. `classic` is what Galera itself begins with; `fast` was measured to go on within 0.7 s
 * after a power cut, `classic` within 6.9 s.
 */
const timingTable = {
  fast: { keepaliveMs: 100, checkMs: 100, suspectMs: 500, inactiveMs: 1000, installMs: 500, retransMs: 100 },
  balanced: { keepaliveMs: 300, checkMs: 300, suspectMs: 1500, inactiveMs: 3000, installMs: 1500, retransMs: 300 },
  classic: { keepaliveMs: 1000, checkMs: 500, suspectMs: 5000, inactiveMs: 15_000, installMs: 7500, retransMs: 1000 },
} as const satisfies Readonly<Record<string, Timing>>;

export const clusterTimings = Object.keys(timingTable) as (keyof typeof timingTable)[];
const usualTiming = 'balanced';

/** It is suspected at the first look after that time, the others agree by the next one, and a word may be missed on the way. */
const downMs = ({ suspectMs, checkMs, keepaliveMs }: Timing): number => suspectMs + 2 * checkMs + keepaliveMs;

/** A second is long for a network and short for a visitor; whoever looks does so often enough to tell within it. */
const replicaTimers = (pace: number): ReplicaTimers => ({
  semiSyncMs: Math.round(1000 * pace),
  lookMs: Math.round(200 * pace),
});

/** The timers of a named timing, so many times as long on slow machines. */
export const clusterTimers = (name: string, pace = 1): ClusterTimers => {
  const timing: Timing | undefined = own(timingTable, name);
  if (timing === undefined) throw new Error(`there is no timing ${name}`);
  const all = { ...timing, downMs: downMs(timing) };
  return Object.fromEntries(Object.entries(all).map(([key, ms]) => [key, Math.round(ms * pace)])) as typeof all;
};

export const databaseMachines = ({ machines }: Pick<Lab, 'machines'>): readonly string[] =>
  Object.entries(machines).flatMap(([name, { roles }]) => (roles.includes('database') ? [name] : []));

/** What the user chose, and for the rest what follows from the number of machines. */
export const databaseOf = (lab: Pick<Lab, 'machines' | 'database'>, pace = 1): PlannedDatabase => {
  const { database } = lab;
  const topology = database.topology ?? (databaseMachines(lab).length > 1 ? 'cluster' : 'single');
  return {
    topology,
    engine: database.engine ?? topologyNamed(topology).engine,
    flush: database.flush,
    schema: database.schema,
    user: database.user,
    ...(topology === 'cluster' ? { cluster: clusterTimers(database.timing ?? usualTiming, pace) } : {}),
    ...(topology === 'replica' ? { replica: replicaTimers(pace) } : {}),
  };
};
