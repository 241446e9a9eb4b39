import { roles } from '../../model/lab.js';
import type { Remark } from '../../model/problem.js';
import { type ScenarioFault, vipTargets } from '../../model/scenario.js';
import { roleOf } from '../../plan/services.js';
import { didYouMean, oneOf } from '../did-you-mean.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';

export const targetsOf = ({ lab }: ScenarioSubject): readonly string[] => [
  ...Object.keys(vipTargets),
  ...Object.keys(lab.machines),
  ...roles,
];

const targetIsThere: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) => {
    const known = targetsOf(subject);
    const machines = Object.keys(subject.lab.machines).join(', ');
    return subject.scenario.faults.flatMap(({ target }, index): Remark[] =>
      known.includes(target)
        ? []
        : [
            {
              path: ['faults', index, 'target'],
              message: `there is no ${target} to do it to`,
              suggestion: didYouMean(target, known),
              hint: `a target is ${Object.keys(vipTargets).join(', ')}, a machine (${machines}) or a role.`,
            },
          ],
    );
  },
};

/** The roles of a target; undefined where there is no such target, which another rule says. */
export const rolesOf = (target: string, { lab }: ScenarioSubject): readonly string[] | undefined => {
  if (Object.hasOwn(vipTargets, target)) return ['load-balancer'];
  if (Object.hasOwn(lab.machines, target)) return lab.machines[target]?.roles;
  return roles.find((role) => role === target) && [target];
};

const serviceRunsThere: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ service, target }, index): Remark[] => {
      const found = rolesOf(target, subject);
      if (service === undefined || found === undefined || found.includes(roleOf[service])) return [];
      const running = servicesOn(found);
      return [
        {
          path: ['faults', index, 'service'],
          message: `${service} does not run on ${target}, only where the role is ${roleOf[service]}`,
          hint: `on ${target} ${oneOf(running, 'and')} ${running.length === 1 ? 'runs' : 'run'}.`,
        },
      ];
    }),
};

export const servicesOn = (found: readonly string[]): readonly string[] =>
  Object.entries(roleOf).flatMap(([service, role]) => (found.includes(role) ? [service] : []));

/** What only load balancers can suffer. */
const ofLoadBalancers: readonly ScenarioFault['fault'][] = ['vrrp-partition'];

const partitionNeedsLoadBalancer: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ fault, target }, index): Remark[] => {
      const found = rolesOf(target, subject);
      if (!ofLoadBalancers.includes(fault) || found === undefined || found.includes('load-balancer')) return [];
      return [
        {
          path: ['faults', index, 'target'],
          message: `${fault} parts a load balancer from the other, and ${target} is none`,
          hint: `write target: vip-holder.`,
        },
      ];
    }),
};

export const targetRules: readonly ScenarioRule[] = [targetIsThere, serviceRunsThere, partitionNeedsLoadBalancer];
