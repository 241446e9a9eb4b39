import type { Lab } from '../../model/lab.js';
import type { Remark } from '../../model/problem.js';
import type { RoleFacts } from '../../model/role.js';
import { databaseOf } from '../../roles/database-topology.js';
import { companions, companionsIn, companionsOn, roles, rolesOn } from '../../roles/roles.js';
import type { LabRule } from '../lab-rule.js';

const ssh = 22;
const reads = ['ports', 'machines.*.roles', 'database.topology'];

/** Those of a role that anybody may come to in such a lab. */
const portsUsed = ({ ports, visits }: Pick<RoleFacts, 'ports' | 'visits'>, lab: Lab): readonly string[] => {
  const database = databaseOf(lab);
  const idle = (name: string) =>
    visits.some(({ port, when }) => port === name && when?.({ database }) === false) &&
    !visits.some(({ port, when }) => port === name && (when?.({ database }) ?? true));
  return Object.keys(ports).filter((name) => !idle(name));
};

/** Pairs of port names that meet on some machine, with the machine's name. */
const meetings = (lab: Lab): readonly { machine: string; one: string; other: string }[] =>
  Object.entries(lab.machines).flatMap(([machine, found]) => {
    const beside = companionsOn({ companions: companionsIn(Object.values(lab.machines), found) });
    const names = [...rolesOn(found), ...beside].flatMap((each) => portsUsed(each, lab));
    return names.flatMap((other, index) => names.slice(0, index).map((one) => ({ machine, one, other })));
  });

const onePortOneListener: LabRule = {
  reads,
  check: ({ lab, wrote }) => {
    const clashes = meetings(lab).filter(({ one, other }) => one !== other && lab.ports[one] === lab.ports[other]);
    const firstOfEach = clashes.filter(
      (clash, index) => clashes.findIndex(({ one, other }) => one === clash.one && other === clash.other) === index,
    );
    return firstOfEach.map(
      ({ machine, one, other }): Remark => ({
        path: ['ports', wrote(['ports', other]) ? other : one],
        message: `${machine} would listen on port ${lab.ports[other]} twice, for ${one} and for ${other}`,
        hint: 'give each its own port.',
      }),
    );
  },
};

const notTheShell: LabRule = {
  reads,
  check: ({ lab }) =>
    Object.keys(lab.ports)
      .filter((name) => lab.ports[name] === ssh)
      .map((name) => ({
        path: ['ports', name],
        message: `port ${ssh} is ssh's on every machine`,
        hint: 'take another.',
      })),
};

/** These run as unprivileged users, and the kernel keeps ports below 1024 for root. */
const unprivileged = [...roles, ...companions].flatMap(({ ports }) =>
  Object.entries(ports).flatMap(([name, port]) => (port.unprivileged ? [name] : [])),
);

const unprivilegedPorts: LabRule = {
  reads,
  check: ({ lab }) =>
    unprivileged
      .filter((name) => (lab.ports[name] ?? 0) < 1024 && lab.ports[name] !== ssh)
      .map((name) => ({
        path: ['ports', name],
        message: `the ${name} server runs as an unprivileged user and can't listen on port ${lab.ports[name]}`,
        hint: 'take a port from 1024 up.',
      })),
};

export const portRules: readonly LabRule[] = [onePortOneListener, notTheShell, unprivilegedPorts];
