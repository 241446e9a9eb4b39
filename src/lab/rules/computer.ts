import type { Remark } from '../../model/problem.js';
import { traitsOf } from '../../model/provider-traits.js';
import { memoryMbOf } from '../../plan/plan.js';
import { rolesOn } from '../../roles/roles.js';
import type { LabRule } from '../lab-rule.js';

/** From this share of the computer's memory on, the rest of the computer begins to suffer. */
const nearly = 0.75;

const eachRoleFits: LabRule = {
  reads: ['machines.*.memoryMb', 'machines.*.roles'],
  check: ({ lab }) =>
    Object.entries(lab.machines).flatMap(([name, machine]): Remark[] => {
      const [most] = [...rolesOn(machine)].sort((left, right) => right.memoryMb.least - left.memoryMb.least);
      return most === undefined || machine.memoryMb === undefined || machine.memoryMb >= most.memoryMb.least
        ? []
        : [
            {
              path: ['machines', name, 'memoryMb'],
              message: `${machine.memoryMb} MiB are too little for the role ${most.name}, which needs ${most.memoryMb.least}`,
              hint: `leave memoryMb out to get ${memoryMbOf({ roles: machine.roles })}.`,
            },
          ];
    }),
};

/**
 * A virtual machine takes its memory; a container's memory is a limit that it may never reach, so there more than the
 * computer has is only a warning.
 */
const allFitTogether: LabRule = {
  reads: ['machines.*.memoryMb', 'machines.*.roles', 'provider'],
  check: ({ lab, facts }): readonly Remark[] => {
    if (!facts) return [];
    const total = Object.values(lab.machines).reduce((sum, machine) => sum + memoryMbOf(machine), 0);
    const count = Object.keys(lab.machines).length;
    const sums = `the ${count} machines may use ${total} MiB of memory together`;
    const hint = 'lower memoryMb of some machines, or close other programs.';
    const about = { path: ['machines'], at: 'key' as const };
    if (total > facts.memoryMb) {
      const severity = traitsOf(lab).memory === 'needed' ? 'warning' : 'error';
      return [{ ...about, severity, message: `${sums}, and this computer has ${facts.memoryMb}`, hint }];
    }
    return total > facts.memoryMb * nearly
      ? [{ ...about, severity: 'warning', message: `${sums}, nearly all of this computer's ${facts.memoryMb}`, hint }]
      : [];
  },
};

const coresAreThere: LabRule = {
  reads: ['machines.*.cores'],
  check: ({ lab, facts }) =>
    Object.entries(lab.machines).flatMap(([name, { cores }]): Remark[] =>
      facts === undefined || cores <= facts.cores
        ? []
        : [
            {
              path: ['machines', name, 'cores'],
              message: `${name} can't have ${cores} cores: this computer has ${facts.cores}`,
            },
          ],
    ),
};

export const computerRules: readonly LabRule[] = [eachRoleFits, allFitTogether, coresAreThere];
