import type { Plan } from '../model/plan.js';
import type { Act, Convergence, Looks, Next } from '../model/role.js';
import { databaseMachines } from './database-topology.js';

/** What the nodes' own script is called (templates/database/cluster). */
const program = '/usr/local/lib/quintet/database-cluster';

/** The command that succeeds when a node takes reads and writes. */
export const nodeIsReady: readonly string[] = [program, 'ready'];

/** What a node says of itself; an identity or a number that it does not have is empty. */
export interface NodeLook {
  readonly machine: string;
  /** systemd's word for the server: active, activating, inactive, failed. */
  readonly active: string;
  /** `Primary` for one that belongs to a majority; empty where the server does not answer. */
  readonly status: string;
  /** It has all that the others have, and takes reads and writes. */
  readonly ready: boolean;
  /** How many nodes it sees, itself among them. */
  readonly size: number;
  /** The identity of the data while it runs. */
  readonly running: string;
  /** The identity of the data as its disk has it; empty where it never belonged to a cluster. */
  readonly uuid: string;
  /** The last change, when it was stopped properly; -1 when not. */
  readonly seqno: number;
  /** Of all nodes that were stopped properly it was the last. */
  readonly safe: boolean;
  /** The last majority that it belonged to and was torn from, and who else did. */
  readonly view: string;
  readonly me: string;
  readonly members: readonly string[];
  /** The last change as the server itself found it on its disk, asked for in need. */
  readonly position?: { readonly uuid: string; readonly seqno: number };
  /** The schema is on its disk. */
  readonly hasSchema: boolean;
  /** Its configuration changed since it started. */
  readonly wantsRestart: boolean;
  /** Its provision.sh could not end without the cluster. */
  readonly wantsProvision: boolean;
}

const nobody = '00000000-0000-0000-0000-000000000000';
const identity = (text: string): string => (text === nobody ? '' : text);

/** Reads the lines `key=value` of the script's `look`. */
export const nodeLook = (machine: string, text: string): NodeLook => {
  const lines = text.split('\n').map((line) => line.split('=', 2) as [string, string?]);
  const last = (key: string): string => lines.findLast(([name]) => name === key)?.[1]?.trim() ?? '';
  const [uuid = '', seqno = ''] = last('position').split(/:(?=-?\d+$)/);
  return {
    machine,
    active: last('active'),
    status: last('wsrep_cluster_status'),
    ready: last('wsrep_ready') === 'ON' && last('wsrep_local_state') === '4',
    size: Number(last('wsrep_cluster_size') || 0),
    running: identity(last('wsrep_cluster_state_uuid')),
    uuid: identity(last('uuid')),
    seqno: Number(last('seqno') || -1),
    safe: last('safe_to_bootstrap') === '1',
    view: last('view_id'),
    me: last('my_uuid'),
    members: lines.flatMap(([name, value = '']) => (name === 'member' ? [value.split(' ')[0] ?? ''] : [])),
    ...(seqno === '' ? {} : { position: { uuid: identity(uuid), seqno: Number(seqno) } }),
    hasSchema: last('schema') === '1',
    wantsRestart: last('restart') === '1',
    wantsProvision: last('provision') === '1',
  };
};

const and = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
const named = (nodes: readonly NodeLook[]): string => and(nodes.map(({ machine }) => machine));

const acts = (some: readonly Act[], ready: readonly NodeLook[] = []): Next => ({
  kind: 'act',
  acts: some,
  ready: ready.map(({ machine }) => machine),
});

const waitFor = (what: string, ready: readonly NodeLook[] = []): Next => ({
  kind: 'wait',
  for: what,
  ready: ready.map(({ machine }) => machine),
});

const started = ({ machine }: NodeLook): Act => ({ machine, words: 'starting the database', does: [program, 'start'] });
const bootstrapped = ({ machine }: NodeLook): Act => ({
  machine,
  words: 'beginning the cluster',
  does: [program, 'bootstrap'],
});

const isOff = ({ active }: NodeLook): boolean => active === 'inactive' || active === 'failed';

/** Somebody belongs to a majority already: the others find it by themselves, and what was put off until then is done. */
const joining = (nodes: readonly NodeLook[], primary: readonly NodeLook[]): Next => {
  const [one] = primary;
  const other = primary.find(({ running }) => running !== one?.running);
  if (one && other) {
    return {
      kind: 'refuse',
      why: `${one.machine} and ${other.machine} belong to two clusters, each with data of its own`,
      hint: `Decide which has the data that counts; quintet exec ${other.machine} -- rm -rf /var/lib/mysql/grastate.dat and a restart of its MariaDB make it take a copy of the other's.`,
    };
  }
  const off = nodes.filter(isOff);
  const ready = primary.filter((node) => node.ready && node.size >= nodes.length);
  if (off.length > 0) return acts(off.map(started), ready);
  const missing = nodes.filter((node) => !ready.includes(node));
  if (missing.length > 0) return waitFor(`${named(missing)} to join ${named(primary)}`, ready);
  return putOff(nodes);
};

/** All belong together: one restart at a time, so that a majority serves meanwhile; then what provision.sh left over. */
const putOff = (nodes: readonly NodeLook[]): Next => {
  const stale = nodes.find(({ wantsRestart }) => wantsRestart);
  if (stale) {
    const words = 'restarting the database with its new configuration';
    return acts([{ machine: stale.machine, words, does: [program, 'restart'] }]);
  }
  const unfinished = nodes.filter(({ wantsProvision }) => wantsProvision);
  // What the first one does, the others find done.
  const now = unfinished.length === nodes.length ? unfinished.slice(0, 1) : unfinished;
  if (now.length === 0) return { kind: 'done' };
  const words = 'setting up the schema and checking the database';
  return acts(now.map(({ machine }) => ({ machine, words, does: 'provision' as const })));
};

/** Whether all who belonged to some majority when they were torn from it are here: they find together by themselves. */
const findTogether = (nodes: readonly NodeLook[]): boolean =>
  nodes.some(({ view, members }) => {
    const there = nodes.filter((node) => node.view === view && view !== '').map(({ me }) => me);
    return members.length > 0 && members.every((member) => there.includes(member));
  });

/** Nobody belongs to a majority, and all were asked: who begins. */
const beginning = (nodes: readonly NodeLook[]): Next => {
  if (findTogether(nodes)) {
    const off = nodes.filter(isOff);
    return off.length > 0 ? acts(off.map(started)) : waitFor('the nodes to find together again');
  }
  const former = nodes.filter(({ uuid }) => uuid !== '');
  if (former.length === 0) return firstOfAll(nodes);
  const [safe] = nodes.filter((node) => node.safe).sort((one, other) => other.seqno - one.seqno);
  return safe ? acts([bootstrapped(safe)]) : furthest(nodes);
};

/** There never was a cluster. A machine that has data already gives it to the others. */
const firstOfAll = (nodes: readonly NodeLook[]): Next => {
  const full = nodes.filter(({ hasSchema }) => hasSchema);
  const [first, second] = full;
  if (first && second) {
    return {
      kind: 'refuse',
      why: `${named(full)} both hold data and never were one cluster: all but one would lose theirs`,
      hint: `Destroy those whose data does not count, such as quintet destroy ${second.machine}; then quintet up.`,
    };
  }
  const begins = first ?? nodes[0];
  // By itself: others that start at the same moment find one another, miss it, and look no further for half a minute.
  return begins ? acts([bootstrapped(begins)]) : { kind: 'done' };
};

/** Interrupted starts leave no word of who was last: every server is asked what its disk holds, and whoever is furthest begins. */
const furthest = (nodes: readonly NodeLook[]): Next => {
  const unasked = nodes.filter(({ position }) => position === undefined);
  if (unasked.length > 0) {
    const words = 'asking its disk for the last change';
    return acts(unasked.map(({ machine }) => ({ machine, words, does: [program, 'position'] })));
  }
  const whole = nodes.flatMap(({ position, ...node }) =>
    position === undefined || position.uuid === '' ? [] : [{ ...node, position }],
  );
  const [best] = [...whole].sort((one, other) => other.position.seqno - one.position.seqno);
  const stranger = whole.find(({ position }) => position.uuid !== best?.position.uuid);
  if (best === undefined || stranger !== undefined) {
    return {
      kind: 'refuse',
      why: best
        ? `${best.machine} and ${stranger?.machine} hold data of two clusters`
        : 'No node knows its last change',
      hint: 'quintet reset puts the lab back to just provisioned; what the machines hold is lost.',
    };
  }
  return acts([bootstrapped(best)]);
};

/** Decided by all machines at once: who is to begin, who follows, and when to leave it to a person. */
export const nextOfCluster = (looks: Looks): Next => {
  const nodes = [...looks].flatMap(([machine, text]) => (text === undefined ? [] : [nodeLook(machine, text)]));
  const silent = [...looks].flatMap(([machine, text]) => (text === undefined ? [machine] : []));
  const primary = nodes.filter(({ status }) => status === 'Primary');
  if (primary.length > 0) return joining(nodes, primary);
  if (silent.length === 0) return beginning(nodes);
  return {
    kind: 'refuse',
    why: `No majority of the database cluster is there, and ${and(silent)} can't be asked: the last changes may be there alone`,
    hint: 'quintet up begins the cluster again when all its machines run.',
  };
};

/** How the cluster is, and what helps it. */
export const tellCluster = (looks: Looks): string => {
  const nodes = [...looks].flatMap(([machine, text]) => (text === undefined ? [] : [nodeLook(machine, text)]));
  const majority = nodes.filter(({ status, size }) => status === 'Primary' && size > 0);
  const serving = majority.filter(({ ready }) => ready);
  const rest = [...looks.keys()].filter((machine) => !majority.some((node) => node.machine === machine));
  if (majority.some(({ size, running }) => size < majority.length || running !== majority[0]?.running)) {
    return `Split: ${named(majority)} are not one cluster, and each may have writes that the others lack. Stop all but those whose data counts; quintet up lets the others join them.`;
  }
  if (serving.length === looks.size) return `The database cluster is whole: ${named(serving)} take reads and writes.`;
  if (serving.length > 0) {
    const late = majority.filter(({ ready }) => !ready).map(({ machine }) => machine);
    return `The database cluster goes on with ${named(serving)}; ${and([...late, ...rest])} will join when it runs again (quintet up starts what is off).`;
  }
  const alone = nodes.filter(({ status }) => status !== '');
  if (alone.length > 0) {
    return `The database cluster has lost its majority: of ${looks.size} machines ${named(alone)} cannot reach enough others, and takes no writes, for those might have some of their own. It goes on by itself when a majority is back: quintet up starts what is off, quintet heal undoes open faults.`;
  }
  return 'The database cluster stands still: its machines stopped or wait for one another. quintet up begins it again, with the one that has the last writes.';
};

/** The database cluster, which no machine may begin by itself. */
export const clusterConvergence: Convergence = {
  step: 'join',
  machines: (plan: Plan) =>
    plan.database.cluster === undefined
      ? []
      : databaseMachines({ machines: Object.fromEntries(plan.machines.map((each) => [each.name, each])) }),
  early: true,
  look: [program, 'look'],
  next: (looks) => nextOfCluster(looks),
  tell: tellCluster,
};
