import { type Pace, slowest, usualPace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type {
  AlertExpectation,
  Scenario,
  ScenarioFault,
  ScheduledAlert,
  ScheduledScenario,
  ScheduledSite,
  ScheduledVip,
  SiteExpectation,
  VipExpectation,
} from '../model/scenario.js';
import { evaluate, type Timers, timersOf } from './formula.js';
import { type Machines, takesTheLast } from './redundancy.js';
import { machinesMeant, readTarget } from './targets.js';

type Milliseconds = (formula: string | undefined) => number | undefined;

const given = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };

/** How long what is expected may last: `during` the faults, and `after` they were undone. */
interface Bounds {
  readonly during: Milliseconds;
  readonly after: Milliseconds;
}

const scheduledSite = (site: SiteExpectation, { during, after }: Bounds): ScheduledSite => ({
  outageExpected: site.outage === 'expected',
  ...given('outageAtMostMs', during(site.outageAtMost)),
  ...given('failedAtMost', site.failedAtMost),
  ...given('status', site.status),
  ...given('backWithinMs', after(site.backWithin)),
});

/** Where the first load balancer takes the VIP back by itself, one that had to move away may be back when the run ends. */
const movesIn = ({ vrrp }: Pick<Plan, 'vrrp'>, { moves }: VipExpectation): VipExpectation['moves'] =>
  vrrp.preempt && moves === 'away' ? 'either' : moves;

const scheduledVip = (vip: VipExpectation, plan: Pick<Plan, 'vrrp'>, { during, after }: Bounds): ScheduledVip => ({
  heldByOne: vip.heldBy === 'one',
  splitExpected: vip.split === 'expected',
  ...given('moves', movesIn(plan, vip)),
  ...given('notOneAtMostMs', during(vip.notOneAtMost)),
  ...given('oneWithinMs', after(vip.oneWithin)),
});

const scheduledAlert = ({ name, within, resolvedWithin }: AlertExpectation, { after }: Bounds): ScheduledAlert => ({
  name,
  withinMs: after(within) ?? 0,
  ...given('resolvedWithinMs', after(resolvedWithin)),
});

/** Whatever somebody must be told of lasts long enough to be told, and somewhat longer, so that it is seen to be late. */
const noticedMs = (alert: ScheduledAlert | undefined): number => (alert === undefined ? 0 : alert.withinMs + 1000);

/** Whether undoing a fault can be what ends an outage: it is not where that waits for good answers. */
const endsOutage = ({ until }: Pick<ScenarioFault, 'until'>): boolean => until?.answers === undefined;

/** By how much longer a fault must last so that its healing still can't be what ends an outage in time. */
const stretch = (expect: Scenario['expect'], usual: Milliseconds, during: Milliseconds): number => {
  const parts = [expect.site, expect.static, expect.dynamic].filter((part) => part?.backWithin === undefined);
  const bounds = [...parts.map((part) => part?.outageAtMost), expect.vip?.notOneAtMost];
  return Math.max(...bounds.map((bound) => (during(bound) ?? 0) - (usual(bound) ?? 0)));
};

/** A fault that happens to each machine of a role, as one for each. */
const oneForEach = (fault: ScenarioFault, machines: Plan['machines']): ScenarioFault[] => {
  const read = readTarget(fault.target, machines);
  if (read?.kind !== 'role' || read.which !== 'each') return [fault];
  return machinesMeant(read, machines).map((target) => ({ ...fault, target }));
};

/** What must hold in such a lab: whether anything is left that does what the faults take away decides. */
export const expectedIn = (scenario: Scenario, machines: Machines): Scenario['expect'] =>
  (isAlone(scenario, machines) ? scenario.alone : undefined) ?? scenario.expect;

const isAlone = ({ faults, alone }: Scenario, machines: Machines): boolean =>
  alone !== undefined && faults.some((fault) => takesTheLast(fault, machines));

/**
 * What a scenario means under one plan: when each fault comes, how long it lasts, and what passes. At a slower
 * `pace` the amounts in what is expected (what programs may need, beside the timers) last that
 * many times longer, and a fault lasts as much longer as its bounds, unless it waits for good answers. Where several faults last, that would change their order:
 * there what is expected meanwhile stays as it is written.
 */
export const scheduled = (
  scenario: Scenario,
  plan: Pick<Plan, 'vrrp' | 'database' | 'verify' | 'pace' | 'machines' | 'site'>,
  pace: Pace = usualPace,
): ScheduledScenario => {
  const timers = timersOf(plan);
  const ms = (formula: string): number => evaluate(formula, timers);
  const inMs =
    (of: Timers): Milliseconds =>
    (formula) =>
      formula === undefined ? undefined : evaluate(formula, of);
  // Who set slower adverts has allowed for that already.
  const after = inMs({ ...timers, pace: slowest(timers.pace, pace) });
  const usual = inMs(timers);
  const { id, title, why, needs, repeat } = scenario;
  const faults = scenario.faults.flatMap((fault) => oneForEach(fault, plan.machines));
  const expect = expectedIn(scenario, plan.machines);
  const bounds = { during: faults.filter((fault) => fault.for !== undefined).length > 1 ? usual : after, after };
  const longerMs = stretch(expect, usual, bounds.during);
  const watched = plan.machines.some(({ roles }) => roles.includes('monitoring'));
  const alert = watched && expect.alert ? scheduledAlert(expect.alert, bounds) : undefined;
  const times = faults.map(({ at, for: lasts, ...fault }) => ({
    ...fault,
    atMs: ms(at),
    forMs: lasts === undefined ? 0 : Math.max(ms(lasts) + (endsOutage(fault) ? longerMs : 0), noticedMs(alert)),
  }));
  return {
    id,
    title,
    why,
    ...given('needs', needs),
    ...given('alone', isAlone(scenario, plan.machines) ? (true as const) : undefined),
    beforeMs: ms(scenario.before),
    faults: times.sort((one, other) => one.atMs - other.atMs),
    afterMs: ms(scenario.after),
    repeat,
    expect: {
      ...given('site', expect.site && scheduledSite(expect.site, bounds)),
      ...given('static', expect.static && scheduledSite(expect.static, bounds)),
      ...given('dynamic', expect.dynamic && scheduledSite(expect.dynamic, bounds)),
      ...given('vip', expect.vip && scheduledVip(expect.vip, plan, bounds)),
      writes: plan.site.entries === undefined ? 'none' : expect.writes,
      ...given('promotion', expect.promotion),
      ...given('breaksAtMost', expect.breaksAtMost),
      ...given('switched', expect.switched),
      ...given('alert', alert),
      ...given('restore', expect.restore && { withinMs: after(expect.restore.within) ?? 0 }),
    },
  };
};
