import type { Plan } from '../../../model/plan.js';
import type { ComputerState } from '../facts.js';
import { bad, gigabytes, good, type Rule, warn } from '../finding.js';

/** Machines that run have their memory already. */
const demandMb = (plan: Plan, { lab }: ComputerState): number =>
  plan.machines.filter(({ name }) => !lab?.running.includes(name)).reduce((sum, { memoryMb }) => sum + memoryMb, 0);

const memory: Rule = (computer, plan) => {
  const { memoryMb, freeMemoryMb } = computer;
  const needed = demandMb(plan, computer);
  const why =
    needed === 0
      ? `all machines run; ${freeMemoryMb} MiB of ${memoryMb} MiB are free`
      : `the lab may use ${needed} MiB; ${freeMemoryMb} MiB of ${memoryMb} MiB are free`;
  if (needed > memoryMb) return bad('memory', why, 'lower machines.NAME.memoryMb in lab.yaml');
  if (needed > freeMemoryMb) return warn('memory', why, 'close other programs, or lower machines.NAME.memoryMb');
  return good('memory', why);
};

/** Reports and logs of some runs. */
const leastMb = 200;

const disk: Rule = ({ freeLabDiskMb }) => {
  if (freeLabDiskMb === Number.POSITIVE_INFINITY) return [];
  return freeLabDiskMb < leastMb
    ? bad('disk', `only ${freeLabDiskMb} MiB are free where the lab folder is`, 'free some space')
    : good('disk', `${gigabytes(freeLabDiskMb)} are free where the lab folder is`);
};

const faults: Rule = ({ lab }) => {
  if (!lab || lab.openFaults === 0) return [];
  if (lab.openFaults === undefined)
    return warn(
      'faults',
      'the list of faults that are still open is damaged',
      'quintet up, then remove .quintet/faults.json',
    );
  const [words, them] =
    lab.openFaults === 1 ? ['a fault was made', 'it'] : [`${lab.openFaults} faults were made`, 'them'];
  return warn('faults', `${words} and not undone: the lab is broken on purpose`, `quintet heal undoes ${them}`);
};

export const everywhere: readonly Rule[] = [
  ({ nodeVersion }) => good('node', `Node.js ${nodeVersion}`),
  memory,
  disk,
  faults,
];
