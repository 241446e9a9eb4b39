import { good, type Rule, warn } from '../finding.js';
import type { Trace } from '../lab-facts.js';
import { about } from './vagrant.js';

const names = (traces: readonly Trace[]): string => traces.map(({ name }) => name).join(', ');

/** Left by a Vagrant that was killed between making a machine and writing down that it is its own. */
const orphans = about((_vagrant, { lab }) =>
  lab && lab.orphans.length > 0
    ? warn(
        'leftovers',
        `machines of this lab that Vagrant does not know: ${names(lab.orphans)}`,
        'quintet destroy removes them',
      )
    : [],
);

/** Removed by hand, past Vagrant. */
const lost = about(({ virtualbox }, { lab }) => {
  if (!lab || virtualbox?.machines === undefined) return [];
  const { machines, inaccessible } = virtualbox;
  const gone = lab.known.filter(({ id }) => !machines.includes(id));
  const unreadable = lab.known.filter(({ id }) => inaccessible.includes(id));
  const forget = unreadable.map(({ id }) => `VBoxManage unregistervm ${id}`).join(' && ');
  return [
    ...(gone.length > 0
      ? warn(
          'leftovers',
          `Vagrant believes in machines that VirtualBox has no more: ${names(gone)}`,
          'quintet up makes them anew',
        )
      : []),
    ...(unreadable.length > 0
      ? warn(
          'leftovers',
          `VirtualBox can't read the files of ${names(unreadable)} any more`,
          `${forget}, then quintet up`,
        )
      : []),
  ];
});

const present = about((_vagrant, { lab }, plan) => {
  if (!lab) return [];
  const { length } = lab.known;
  return good('this lab', `${length} of its ${plan.machines.length} machines are made, ${lab.running.length} run`);
});

export const leftoverRules: readonly Rule[] = [orphans, lost, present];
