import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Role } from '../model/lab.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import type { RandomRow } from '../model/role.js';
import { type FaultKind, faultKindRow, type Scenario, scenarioSchema } from '../model/scenario.js';
import { roles } from '../roles/roles.js';

/** A fault that chance may choose, on machines of a role. */
export interface RoleRow extends RandomRow {
  readonly role: Role;
}

export interface RandomFault extends RoleRow {
  readonly machine: string;
  readonly atMs: number;
  readonly forMs: number;
}

/** What chance chooses from. */
export const randomRows: readonly RoleRow[] = roles.flatMap(({ name, randomRows: rows }) =>
  rows.map((row) => ({ role: name, ...row })),
);

/** Both load balancers may hold the VIP for a while. */
const splitting: readonly FaultKind[] = ['vrrp-partition', 'machine-paused'];

const mostFaults = 3;
const latestMs = 3000;
const shortestMs = 500;
const longestMs = 4000;

/** One of its own for each episode, so that any can be made again without those before it. */
const generatorOf = (seed: number, episode: number): RandomGenerator =>
  xoroshiro128plus((seed + Math.imul(episode, 0x9e3779b9)) | 0);

/** A load balancer that does something else as well has more to lose with its power than the VIP. */
const fits = ({ role, settings }: RoleRow, { roles }: PlannedMachine): boolean =>
  roles.includes(role) && (role !== 'load-balancer' || roles.length === 1 || settings.service !== undefined);

/** Where there is one load balancer, nobody is parted from it, and nobody takes over from it. */
const withoutPeer = ({ settings }: RoleRow): boolean => settings.fault !== 'vrrp-partition';
const unbounded = ({ outageAtMost: _, ...row }: RoleRow): RoleRow => row;

/** The faults of an episode (from 1): the same for the same seed, plan and rows. Never two on one machine. */
export const randomFaults = (seed: number, episode: number, plan: Plan, all = randomRows): RandomFault[] => {
  const rows = plan.vrrp.routers.length > 1 ? all : all.filter(withoutPeer).map(unbounded);
  const chance = generatorOf(seed, episode);
  const below = (count: number) => uniformInt(chance, 0, count - 1);
  const machines = plan.machines.filter(({ roles }) => rows.some(({ role }) => roles.includes(role)));
  const count = 1 + below(Math.min(mostFaults, machines.length));
  return Array.from({ length: count }, () => {
    const [machine] = machines.splice(below(machines.length), 1);
    if (machine === undefined) throw new Error('fewer machines than faults');
    const fitting = rows.filter((row) => fits(row, machine));
    const row = fitting[below(fitting.length)] as RoleRow;
    const atMs = below(latestMs / 100 + 1) * 100;
    const forMs = faultKindRow(row.settings.fault).momentary ? 0 : shortestMs + below(longestMs / 100) * 100;
    return { ...row, machine: machine.name, atMs, forMs };
  });
};

const on = (faults: readonly RandomFault[], role: Role) => faults.filter((fault) => fault.role === role);

/** What visitors may notice: bounded while one load balancer is left alone, and nothing but a good end where not. */
const expectationOf = (faults: readonly RandomFault[]) => {
  const balancers = on(faults, 'load-balancer');
  const [only] = balancers;
  const bound = only === undefined ? '100 ms' : balancers.length > 1 ? undefined : only.outageAtMost;
  const bounded = { backWithin: '20 s', ...(bound === undefined ? {} : { outageAtMost: bound }) };
  const parted = balancers.some(({ settings }) => splitting.includes(settings.fault));
  const webDown = on(faults, 'web').length > 0;
  const dynamicDown = webDown || on(faults, 'app').length > 0 || on(faults, 'database').length > 0;
  return {
    static: webDown ? { backWithin: '20 s' } : bounded,
    dynamic: dynamicDown ? { backWithin: '20 s' } : bounded,
    vip: parted ? { oneWithin: '5 s' } : { heldBy: 'one' as const, oneWithin: '5 s' },
  };
};

const words = ({ settings, machine }: RandomFault): string => {
  const { fault, service } = settings;
  return `${fault}${service === undefined ? '' : ` of ${service}`} on ${machine}`;
};

/** The scenario of such faults, with what must hold whatever chance chose: also of a part of them. */
export const randomScenario = (id: string, faults: readonly RandomFault[]): Scenario =>
  scenarioSchema.parse({
    id,
    title: faults.map(words).join(', '),
    why: 'Chance chose these faults: no acknowledged write may be lost, and the site must be back by itself.',
    before: '1 s',
    faults: faults.map(({ settings, machine, atMs, forMs }) => ({
      ...settings,
      target: machine,
      at: `${atMs} ms`,
      ...(forMs === 0 ? {} : { for: `${forMs} ms` }),
    })),
    after: '1 s',
    expect: expectationOf(faults),
  });

/** Schedules that are smaller than this one, the smallest first: one fault alone, then one fault less. */
export const smaller = (faults: readonly RandomFault[]): RandomFault[][] => {
  if (faults.length < 2) return [];
  const alone = faults.map((fault) => [fault]);
  const oneLess = faults.map((_, left) => faults.filter((__, index) => index !== left));
  return faults.length === 2 ? alone : [...alone, ...oneLess];
};
