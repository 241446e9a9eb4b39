import type { Remark } from '../../model/problem.js';
import { type Condition, faultKindRow, type Scenario, type Service } from '../../model/scenario.js';
import type { Demand } from '../../plan/conditions.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';
import { machineOf } from './schedule.js';
import { demandedTarget, type Waiting, waitings } from './waitings.js';

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

export const causeRules: readonly ScenarioRule[] = [nobodyWaitsForEver, canComeTrue];
