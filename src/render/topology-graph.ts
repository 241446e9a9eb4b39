import type { Role } from '../model/lab.js';
import { anyone, type Connection, type Plan, type PlannedMachine, vantageName } from '../model/plan.js';
import { roleNamed, roleNames, rolesOn } from '../roles/roles.js';

/** A box of the picture: the outside, the VIP or a machine. */
export interface Node {
  readonly id: string;
  readonly kind: 'outside' | 'vip' | Role;
  readonly name: string;
  /** What it is or runs, for people. */
  readonly words: string;
  readonly address: string;
}

/** Arrows that say the same are one edge bundle: `tcp 8443` from every load balancer to every web server. */
export interface Bundle {
  readonly label: string;
  readonly purpose: string;
  readonly style: 'traffic' | 'holds' | 'vrrp';
  readonly arrows: readonly (readonly [from: string, to: string])[];
}

export interface Graph {
  readonly tiers: readonly (readonly Node[])[];
  readonly bundles: readonly Bundle[];
}

const outsideId = 'outside';
const vipId = 'vip';

/** A machine stands in the tier of its first role, from the entry to the data. */
const firstRole = (machine: PlannedMachine): Role => rolesOn(machine)[0]?.name ?? '';

/** All of a machine's software; only the first words of each where there is more than one role. */
const wordsFor = (machine: PlannedMachine, plan: Plan): string =>
  machine.roles
    .map((role) => roleNamed(role).software(plan))
    .map((words) => (machine.roles.length === 1 ? words : (words.split(' ')[0] ?? words)))
    .join(' + ');

const machineNode = (machine: PlannedMachine, plan: Plan): Node => ({
  id: `machine-${machine.name}`,
  kind: firstRole(machine),
  name: machine.name,
  words: wordsFor(machine, plan),
  address: machine.address,
});

export const topologyGraph = (plan: Plan): Graph => {
  const { network } = plan;
  const outside: Node = {
    id: outsideId,
    kind: 'outside',
    name: 'outside',
    words: 'browsers and probes',
    address: network.vantage,
  };
  const vip: Node = { id: vipId, kind: 'vip', name: 'VIP', words: 'held by one at a time', address: network.vip };
  const machines = roleNames.map((role) =>
    plan.machines.filter((machine) => firstRole(machine) === role).map((machine) => machineNode(machine, plan)),
  );
  return {
    tiers: [[outside], [vip], ...machines].filter((tier) => tier.length > 0),
    bundles: bundlesOf(plan),
  };
};

const bundlesOf = (plan: Plan): Bundle[] => {
  const { vip } = plan.network;
  const entry = plan.connections.filter((row) => row.address === vip);
  const holders = [...new Set(entry.map((row) => row.to))];
  // What somebody listens for only now and then goes where another line goes already.
  const rest = plan.connections.filter((row) => row.address !== vip && !row.sometimes);
  const entryPorts = [...new Set(entry.map((row) => row.port))].join(', ');
  return [
    { label: `tcp ${entryPorts}`, purpose: 'the site', style: 'traffic', arrows: [[outsideId, vipId]] },
    {
      label: 'holds',
      purpose: 'one load balancer holds the VIP at a time',
      style: 'holds',
      arrows: holders.map((name) => [vipId, `machine-${name}`] as const),
    },
    ...groups(rest).map(bundleOf),
  ];
};

const idOf = (name: string): string => (name === vantageName || name === anyone ? outsideId : `machine-${name}`);

const groups = (rows: readonly Connection[]): Connection[][] => {
  const byKey = new Map<string, Connection[]>();
  for (const row of rows) {
    const key = `${row.protocol} ${row.port ?? ''} ${row.purpose}`;
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return [...byKey.values()];
};

const bundleOf = (rows: readonly Connection[]): Bundle => {
  const first = rows[0];
  const vrrp = first?.protocol === 'vrrp';
  const arrows = rows.map((row) => [idOf(row.from), idOf(row.to)] as const);
  return {
    label: vrrp ? 'VRRP' : `tcp ${first?.port ?? ''}`,
    purpose: first?.purpose ?? '',
    style: vrrp ? 'vrrp' : 'traffic',
    // VRRP goes both ways; one line stands for both directions.
    arrows: vrrp ? arrows.filter(([from, to]) => from < to) : arrows,
  };
};
