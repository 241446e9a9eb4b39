import { blueGreen, type Role } from '../../model/lab.js';
import type { Remark } from '../../model/problem.js';
import { idleApp, pairTargets, type ScenarioFault, turnTargets, vipTargets } from '../../model/scenario.js';
import { roleRunning, serviceNames, servicesOn } from '../../plan/services.js';
import { machinesMeant, readTarget, type Target, targetForms } from '../../plan/targets.js';
import { takesTurns } from '../../roles/additional.js';
import { roleNames } from '../../roles/roles.js';
import { didYouMean, oneOf } from '../did-you-mean.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';

/** The lab's machines with what they do. */
export const machinesIn = ({ lab }: Pick<ScenarioSubject, 'lab'>) =>
  Object.entries(lab.machines).map(([name, { roles }]) => ({
    name,
    roles,
    ...(takesTurns(lab, { roles }) && { takesTurns: true as const }),
  }));

/** Only where application servers take turns. */
const turnWords = ({ lab }: Pick<ScenarioSubject, 'lab'>): readonly string[] =>
  lab.additional === blueGreen ? Object.keys(turnTargets) : [];

/** Every target that is one word. */
const targetWords = (subject: ScenarioSubject): readonly string[] => [
  ...Object.keys(vipTargets),
  ...Object.keys(pairTargets).filter((word) => readTarget(word, machinesIn(subject)) !== undefined),
  ...turnWords(subject),
  ...Object.keys(subject.lab.machines),
  ...roleNames,
];

/** What a target means in such a lab; undefined where there is no such target. */
export const targetIn = (target: string, subject: ScenarioSubject): Target | undefined =>
  readTarget(target, machinesIn(subject));

/** The machines that a target may mean. */
export const machinesOf = (target: string, subject: ScenarioSubject): readonly string[] => {
  const read = targetIn(target, subject);
  return read === undefined ? [] : machinesMeant(read, machinesIn(subject));
};

/** Why a target is none here; undefined where it is one. `verb` is what was to be done with it: `do it to`. */
export const noTarget = (target: string, verb: string, subject: ScenarioSubject): Omit<Remark, 'path'> | undefined => {
  const read = targetIn(target, subject);
  if (read?.kind === 'role' && machinesOf(target, subject).length === 0) {
    const count = machinesOf(`each ${read.role}`, subject).length;
    const has = count === 0 ? 'no machine' : count === 1 ? 'one machine alone' : `${count} machines`;
    return {
      message: `there is no ${target} to ${verb}: ${has} of the lab ${count > 1 ? 'have' : 'has'} the role ${read.role}`,
    };
  }
  if (read !== undefined) return undefined;
  const machines = Object.keys(subject.lab.machines).join(', ');
  return {
    message: `there is no ${target} to ${verb}`,
    suggestion: didYouMean(target, targetWords(subject)),
    hint: `a target is ${[...Object.keys(vipTargets), ...turnWords(subject)].join(', ')}, a machine (${machines}) or ${targetForms}.`,
  };
};

const targetIsThere: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ target }, index): Remark[] => {
      const wrong = noTarget(target, 'do it to', subject);
      return wrong ? [{ path: ['faults', index, 'target'], ...wrong }] : [];
    }),
};

/** The roles of a target; undefined where there is no such target, which another rule says. */
export const rolesOf = (target: string, subject: ScenarioSubject): readonly string[] | undefined => {
  const read = targetIn(target, subject);
  if (read === undefined) return undefined;
  const machines = machinesIn(subject);
  const meant = machinesMeant(read, machines);
  const [first, ...others] = machines.filter(({ name }) => meant.includes(name)).map(({ roles }) => roles);
  return first?.filter((role) => others.every((roles) => roles.includes(role)));
};

/** What is said of a service that there is none of. */
export const unknownService = (service: string): Omit<Remark, 'path'> => ({
  message: `there is no service ${service}`,
  suggestion: didYouMean(service, serviceNames),
  hint: `a service is ${oneOf(serviceNames)}.`,
});

const serviceIsThere: ScenarioRule = {
  reads: ['faults.*.service'],
  each: 'faults.*',
  check: ({ scenario }) =>
    scenario.faults.flatMap(({ service }, index): Remark[] =>
      service === undefined || serviceNames.includes(service)
        ? []
        : [{ path: ['faults', index, 'service'], ...unknownService(service) }],
    ),
};

const serviceRunsThere: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ service, target }, index): Remark[] => {
      const found = rolesOf(target, subject);
      if (service === undefined || !serviceNames.includes(service)) return [];
      if (found === undefined || found.includes(roleRunning(service))) return [];
      const running = servicesOn(found);
      return [
        {
          path: ['faults', index, 'service'],
          message: `${service} does not run on ${target}, only where the role is ${roleRunning(service)}`,
          hint: `on ${target} ${oneOf(running, 'and')} ${running.length === 1 ? 'runs' : 'run'}.`,
        },
      ];
    }),
};

/** What only machines of one role can suffer, as being parted from their like. Words: what the fault does. */
const partings: Partial<
  Record<ScenarioFault['fault'], { readonly role: Role; readonly words: string; readonly hint: string }>
> = {
  'vrrp-partition': { role: 'load-balancer', words: 'parts a load balancer from the other', hint: 'vip-holder' },
  'cluster-partition': { role: 'database', words: 'parts a database from the other ones', hint: 'database' },
  'table-dropped': { role: 'database', words: 'drops a table of a database', hint: 'database' },
  promote: { role: 'database', words: 'gives a database the place of another one', hint: 'first-replica' },
  'promote-blindly': { role: 'database', words: 'gives a database the place of another one', hint: 'first-replica' },
};

const partitionNeedsItsRole: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ fault, target }, index): Remark[] => {
      const found = rolesOf(target, subject);
      const parting = partings[fault];
      if (parting === undefined || found === undefined || found.includes(parting.role)) return [];
      return [
        {
          path: ['faults', index, 'target'],
          message: `${fault} ${parting.words}, and ${target} is none`,
          hint: `write target: ${parting.hint}.`,
        },
      ];
    }),
};

/** Only who takes turns can be switched to. */
const switchNeedsTurns: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: (subject) =>
    subject.scenario.faults.flatMap(({ fault, target }, index): Remark[] => {
      const meant = machinesIn(subject).filter(({ name }) => machinesOf(target, subject).includes(name));
      if (fault !== 'switch' || meant.every(({ takesTurns }) => takesTurns)) return [];
      return [
        {
          path: ['faults', index, 'target'],
          message: `${target} does not take turns with another application server: nobody can be switched to it`,
          hint:
            subject.lab.additional === blueGreen
              ? `write target: ${idleApp}.`
              : `additional: ${blueGreen} in lab.yaml is for labs with two that do.`,
        },
      ];
    }),
};

export const targetRules: readonly ScenarioRule[] = [
  targetIsThere,
  serviceIsThere,
  serviceRunsThere,
  partitionNeedsItsRole,
  switchNeedsTurns,
];
