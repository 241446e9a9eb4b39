import { blueGreen, type Role } from '../../model/lab.js';
import { anyone, vantageName } from '../../model/plan.js';
import { turnTargets, vipTargets } from '../../model/scenario.js';
import { roleOf } from '../../roles/additional.js';
import { roles } from '../../roles/roles.js';
import type { LabRule, LabSubject } from '../lab-rule.js';

const having = ({ lab }: LabSubject, role: Role): readonly string[] =>
  Object.entries(lab.machines)
    .filter(([, machine]) => machine.roles.includes(role))
    .map(([name]) => name);

const everyRoleIsThere: LabRule = {
  reads: ['machines.*.roles'],
  check: (subject) =>
    roles
      .filter(({ name, missed }) => missed !== undefined && having(subject, name).length === 0)
      .map(({ name, missed }) => ({
        path: ['machines'],
        at: 'key' as const,
        message: `no machine has the role ${name}: ${missed}`,
        hint: `add a machine with roles: [${name}], or give the role to one that is there.`,
      })),
};

const eachRoleOnce: LabRule = {
  reads: ['machines.*.roles'],
  check: ({ lab }) =>
    Object.entries(lab.machines).flatMap(([name, machine]) =>
      machine.roles.flatMap((role, index) =>
        machine.roles.indexOf(role) === index
          ? []
          : [{ path: ['machines', name, 'roles', index], message: `${name} has the role ${role} already` }],
      ),
    ),
};

const numbered = (name: string): string[] => Array.from({ length: 9 }, (_, index) => `${name}${index + 1}`);

/** What Windows takes for a device in every folder, with and without an ending. */
const devices = ['con', 'prn', 'aux', 'nul', ...numbered('com'), ...numbered('lpt')];

/** Names that mean something else, each with what. */
const reserved: Readonly<Record<string, string>> = {
  [vantageName]: 'the computer the probes come from',
  [anyone]: 'any address at all',
  localhost: 'the machine itself',
  www: "the site's own name",
  ...vipTargets,
  ...Object.fromEntries(devices.map((name) => [name, 'a device on Windows, where no folder can have it'])),
};

const noReservedName: LabRule = {
  reads: ['machines'],
  check: ({ lab }) => {
    const taken = lab.additional === blueGreen ? { ...reserved, ...turnTargets } : reserved;
    return Object.keys(lab.machines)
      .filter((name) => Object.hasOwn(taken, name))
      .map((name) => ({
        path: ['machines', name],
        at: 'key' as const,
        message: `no machine can be called ${name}: the name stands for ${taken[name]}`,
        hint: 'choose another name, such as web or app2.',
      }));
  },
};

/** What the fifth machine is for says nothing where all are named, but what is said must be so. */
const additionalIsThere: LabRule = {
  reads: ['additional', 'machines.*.roles'],
  check: (subject) => {
    const { additional } = subject.lab;
    const role = roleOf(additional);
    if (!subject.wrote(['additional']) || having(subject, role).length > 0) return [];
    return [
      {
        path: ['additional'],
        message: `no machine has the role ${role}, and machines are named`,
        hint: `leave out machines, and five follow from it; or add a machine with roles: [${role}].`,
      },
    ];
  },
};

/** Two take turns, and nobody keeps what one of them said for the other. */
const twoTakeTurns: LabRule = {
  reads: ['additional', 'machines.*.roles'],
  check: (subject) => {
    if (subject.lab.additional !== blueGreen) return [];
    const servers = having(subject, 'app').length;
    const remark = (message: string, hint: string) => [{ path: ['additional'], message, hint }];
    // Where there is none another rule says so.
    if (servers === 1 || servers > 2) {
      return remark(
        `blue and green are two application servers, and ${servers === 1 ? 'there is one' : `there are ${servers}`}`,
        'give two machines roles: [app], or leave out machines, and five follow from it.',
      );
    }
    if (having(subject, 'cache').length === 0) return [];
    return remark(
      'a cache has no part in a switch: it would go on to ask the application server that was live before',
      'leave out the machine with the role cache, or additional.',
    );
  },
};

export const roleRules: readonly LabRule[] = [
  everyRoleIsThere,
  additionalIsThere,
  twoTakeTurns,
  eachRoleOnce,
  noReservedName,
];
