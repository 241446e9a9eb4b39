import type { Remark } from '../../model/problem.js';
import { firstHolder, firstStandby, type Scenario, vipHolder, vipStandby } from '../../model/scenario.js';
import { type Demand, demandsOf } from '../../plan/conditions.js';
import { roleRunning, serviceNames, servicesOn } from '../../plan/services.js';
import { didYouMean, oneOf } from '../did-you-mean.js';
import { causeRules } from './causes.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';
import { noTarget, rolesOf, targetIn, unknownService } from './targets.js';
import { demandedTarget, pathIn, waitings } from './waitings.js';

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

const targetIsThere: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    waitings(subject.scenario).flatMap(({ path, demand }): Remark[] => {
      const target = demandedTarget(demand);
      const wrong =
        target === undefined ? undefined : (noTarget(target, 'wait for', subject) ?? several(target, subject));
      return wrong ? [{ path, ...wrong }] : [];
    }),
};

/** A step waits for one machine that is known. */
const several = (target: string, subject: ScenarioSubject): Omit<Remark, 'path'> | undefined => {
  const read = targetIn(target, subject);
  if (read?.kind !== 'role' || typeof read.which === 'number') return undefined;
  return { message: `${target} is no one machine to wait for`, hint: `name one, such as ${read.role}[1].` };
};

const serviceIsThere: ScenarioRule = {
  reads: ['faults.*.when.up', 'faults.*.until.up'],
  each: 'faults.*',
  check: ({ scenario }) =>
    waitings(scenario).flatMap(({ path, demand }): Remark[] =>
      demand.kind !== 'up' || serviceNames.includes(demand.service)
        ? []
        : [{ path, at: 'key', ...unknownService(demand.service) }],
    ),
};

/** What a demand needs of the machine: the role that it is about. */
const neededRole = (demand: Demand): string | undefined => {
  if (demand.kind === 'vip' || demand.kind === 'backup') return 'load-balancer';
  return demand.kind === 'up' && serviceNames.includes(demand.service) ? roleRunning(demand.service) : undefined;
};

const targetCanDoIt: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
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
  each: 'faults.*',
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
  each: 'faults.*',
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
  // Of a service that there is none of, another rule speaks.
  return demand.kind === 'well' || (demand.kind === 'up' && serviceNames.includes(demand.service));
};

export const conditionRules: readonly ScenarioRule[] = [
  namesAreUnique,
  stepIsThere,
  targetIsThere,
  serviceIsThere,
  targetCanDoIt,
  vipSaysSomething,
  waitsForSomething,
  ...causeRules,
];
