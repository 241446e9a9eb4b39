import type { Path, Remark } from '../../model/problem.js';
import {
  type Condition,
  faultKindRow,
  firstHolder,
  firstStandby,
  type Scenario,
  type Service,
  vipHolder,
  vipStandby,
  vipTargets,
} from '../../model/scenario.js';
import { type Demand, demandsOf } from '../../plan/conditions.js';
import { roleOf } from '../../plan/services.js';
import { didYouMean, oneOf } from '../did-you-mean.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';
import { machineOf } from './schedule.js';
import { rolesOf, servicesOn, targetsOf } from './targets.js';

/** A demand with the step that waits for it: the making of a fault, or its undoing. */
interface Waiting {
  readonly index: number;
  readonly key: 'when' | 'until';
  readonly path: Path;
  readonly demand: Demand;
}

const pathIn = (demand: Demand): Path => (demand.kind === 'up' ? ['up', demand.service] : [demand.kind]);

const waitings = ({ faults }: Scenario): readonly Waiting[] =>
  faults.flatMap((fault, index) =>
    (['when', 'until'] as const).flatMap((key) =>
      demandsOf(fault[key] as Condition | undefined).map((demand) => {
        const what = demand.kind === 'answers' ? ['answers'] : pathIn(demand);
        return { index, key, path: ['faults', index, key, ...what], demand };
      }),
    ),
  );

const namesOf = ({ faults }: Scenario): string[] => faults.flatMap(({ name }) => name ?? []);

const namesAreUnique: ScenarioRule = {
  reads: ['faults'],
  check: ({ scenario }) =>
    scenario.faults.flatMap(({ name }, index): Remark[] => {
      const first = scenario.faults.findIndex((other) => other.name === name);
      if (name === undefined || first === index) return [];
      const hint = 'a condition could mean either: give one of them another name.';
      return [{ path: ['faults', index, 'name'], message: `faults[${first}] is called ${name} already`, hint }];
    }),
};

const stepIsThere: ScenarioRule = {
  reads: ['faults'],
  check: ({ scenario }) =>
    waitings(scenario).flatMap(({ path, demand }): Remark[] => {
      const names = namesOf(scenario);
      if (!('name' in demand) || names.includes(demand.name)) return [];
      const known = names.length === 0 ? 'no fault here has one' : `there is ${oneOf(names, 'and')}`;
      return [
        {
          path,
          message: `no fault is called ${demand.name}`,
          suggestion: didYouMean(demand.name, names),
          hint: `a fault gets a name with name: ${demand.name}; ${known}.`,
        },
      ];
    }),
};

const demandedTarget = (demand: Demand): string | undefined => ('target' in demand ? demand.target : undefined);

const targetIsThere: ScenarioRule = {
  reads: ['faults'],
  check: (subject) =>
    waitings(subject.scenario).flatMap(({ path, demand }): Remark[] => {
      const target = demandedTarget(demand);
      const known = targetsOf(subject);
      if (target === undefined || known.includes(target)) return [];
      const machines = Object.keys(subject.lab.machines).join(', ');
      return [
        {
          path,
          message: `there is no ${target} to wait for`,
          suggestion: didYouMean(target, known),
          hint: `a target is ${Object.keys(vipTargets).join(', ')}, a machine (${machines}) or a role.`,
        },
      ];
    }),
};

/** What a demand needs of the machine: the role that it is about. */
const neededRole = (demand: Demand): string | undefined => {
  if (demand.kind === 'vip' || demand.kind === 'backup') return 'load-balancer';
  return demand.kind === 'up' ? roleOf[demand.service] : undefined;
};

const targetCanDoIt: ScenarioRule = {
  reads: ['faults'],
  check: (subject) =>
    waitings(subject.scenario).flatMap(({ path, demand }): Remark[] => {
      const [role, target] = [neededRole(demand), demandedTarget(demand)];
      const found = target === undefined ? undefined : rolesOf(target, subject);
      if (role === undefined || found === undefined || found.includes(role)) return [];
      if (demand.kind !== 'up') {
        const hint = 'name a load balancer, such as first-standby.';
        return [{ path, message: `${target} is no load balancer and has no part in the VIP`, hint }];
      }
      const running = servicesOn(found);
      return [
        {
          path,
          message: `${demand.service} does not run on ${target}, only where the role is ${role}`,
          hint: `on ${target} ${oneOf(running, 'and')} ${running.length === 1 ? 'runs' : 'run'}.`,
        },
      ];
    }),
};

/** Whoever holds the VIP holds it, and whoever does not, does not. */
const vipSaysSomething: ScenarioRule = {
  reads: ['faults'],
  check: ({ scenario }) =>
    waitings(scenario).flatMap(({ path, demand }): Remark[] => {
      if (demand.kind !== 'vip' || (demand.target !== vipHolder && demand.target !== vipStandby)) return [];
      const message =
        demand.target === vipHolder
          ? `${vipHolder} is whoever holds the VIP at that moment: that is always so`
          : `${vipStandby} is whoever does not hold the VIP at that moment: that can never be so`;
      return [{ path, message, hint: 'write first-holder or first-standby, or the name of a machine.' }];
    }),
};

/** Before anything was done, the lab is as it shall be: waiting for that is waiting for nothing. */
const waitsForSomething: ScenarioRule = {
  reads: ['faults'],
  check: ({ scenario }) =>
    scenario.faults.flatMap(({ when }, index): Remark[] => {
      const demands = demandsOf(when);
      const always = demands.find((demand) => isSoAtFirst(demand));
      if (always === undefined || !demands.every(isSoAtFirst)) return [];
      return [
        {
          path: ['faults', index, 'when', ...pathIn(always)],
          message: 'that is so from the beginning',
          hint: 'say after which step it is waited for, with made: or undone: and the name of another fault.',
        },
      ];
    }),
};

const isSoAtFirst = (demand: Demand): boolean => {
  if (demand.kind === 'vip') return demand.target === firstHolder;
  if (demand.kind === 'backup') return demand.target === firstStandby;
  return demand.kind === 'up' || demand.kind === 'well';
};

/** A step: a fault is made, or undone. */
type Step = `${'made' | 'undone'} ${number}`;

/** What must have happened before each step, from the file alone. */
const causes = (scenario: Scenario): ReadonlyMap<Step, readonly Step[]> => {
  const named = (condition: Condition | undefined): Step[] =>
    (['made', 'undone'] as const).flatMap((kind) => {
      const index = scenario.faults.findIndex(({ name }) => name !== undefined && name === condition?.[kind]);
      return index === -1 ? [] : [`${kind} ${index}` as const];
    });
  return new Map(
    scenario.faults.flatMap(({ when, until }, index): [Step, Step[]][] => [
      [`made ${index}`, named(when)],
      [`undone ${index}`, [`made ${index}`, ...named(until)]],
    ]),
  );
};

/** Everything that has happened for sure when a step is done. */
const before = (step: Step, all: ReadonlyMap<Step, readonly Step[]>): ReadonlySet<Step> => {
  const found = new Set<Step>();
  const open = [...(all.get(step) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(all.get(next) ?? []));
  }
  return found;
};

const stepOf = ({ index, key }: Pick<Waiting, 'index' | 'key'>): Step =>
  key === 'when' ? `made ${index}` : `undone ${index}`;

const nobodyWaitsForEver: ScenarioRule = {
  reads: ['faults'],
  check: ({ scenario }) => {
    const all = causes(scenario);
    const circular = (step: Step) => before(step, all).has(step);
    return waitings(scenario).flatMap((waiting): Remark[] => {
      const step = stepOf(waiting);
      const { demand, path } = waiting;
      if (!('name' in demand) || !circular(step)) return [];
      const other = scenario.faults.findIndex(({ name }) => name === demand.name);
      // Of a circle each step is said that is part of it, and none that only leads there.
      if (!before(`${demand.kind} ${other}`, all).has(step) && step !== `${demand.kind} ${other}`) return [];
      const message =
        other === waiting.index
          ? `${demand.name} waits for itself`
          : `faults[${waiting.index}] waits for faults[${other}], which waits for faults[${waiting.index}]`;
      return [{ path, message, hint: 'one of them must begin without the other.' }];
    });
  },
};

/** What a fault keeps from coming true as long as it lasts. */
const prevents = ({ fault, service }: Scenario['faults'][number], demand: Demand): boolean => {
  const stops = fault === 'service-stopped' || fault === 'process-hung';
  if (faultKindRow(fault).still) return demand.kind !== 'answers';
  if (!stops) return fault === 'cable-cut' && demand.kind === 'backup';
  const needs: Readonly<Record<'vip' | 'backup', Service>> = { vip: 'keepalived', backup: 'keepalived' };
  if (demand.kind === 'well') return fault === 'service-stopped';
  if (demand.kind === 'up') return fault === 'service-stopped' && demand.service === service;
  return (demand.kind === 'vip' || demand.kind === 'backup') && needs[demand.kind] === service;
};

/** What is waited for while a fault is there for sure that keeps it from coming true. */
const canComeTrue: ScenarioRule = {
  reads: ['faults'],
  check: (subject: ScenarioSubject) => {
    const { scenario } = subject;
    const all = causes(scenario);
    const lastsMeanwhile = (index: number, step: Step): boolean => {
      const undone: Step = `undone ${index}`;
      const there = before(step, all).has(`made ${index}`) || step === undone;
      return there && (step === undone || before(undone, all).has(step));
    };
    return waitings(scenario).flatMap((waiting): Remark[] => {
      const target = demandedTarget(waiting.demand);
      const machine = target === undefined ? undefined : machineOf(target, subject);
      if (machine === undefined) return [];
      const index = scenario.faults.findIndex(
        (fault, at) =>
          machineOf(fault.target, subject) === machine &&
          lastsMeanwhile(at, stepOf(waiting)) &&
          prevents(fault, waiting.demand),
      );
      const by = scenario.faults[index];
      if (by === undefined) return [];
      return [
        {
          path: waiting.path,
          message: `that can never come: faults[${index}] (${by.fault} of ${by.target}) is undone only after it`,
          hint: `wait for it in a fault that begins with when: {undone: …}, or let faults[${index}] end with for.`,
        },
      ];
    });
  },
};

export const conditionRules: readonly ScenarioRule[] = [
  namesAreUnique,
  stepIsThere,
  targetIsThere,
  targetCanDoIt,
  vipSaysSomething,
  waitsForSomething,
  nobodyWaitsForEver,
  canComeTrue,
];
