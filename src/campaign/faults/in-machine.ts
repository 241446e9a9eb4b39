import { MachineError } from '../../model/errors.js';
import type { PlannedMachine } from '../../model/plan.js';
import type { MachineState } from '../../providers/provider.js';
import type { FaultGround, OpenFault } from './fault-row.js';

const limitMs = 30_000;

/** Runs a command in the fault's machine and returns what it said; a failure is a MachineError. */
export const must = async (
  { provider }: FaultGround,
  { machine }: OpenFault,
  argv: readonly string[],
  timeoutMs = limitMs,
): Promise<string> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { timeoutMs });
  if (exitCode === 0) return stdout;
  const log = stderr.trim() || stdout.trim();
  const what = argv[0] === 'sh' ? argv.slice(3, 5) : argv;
  throw new MachineError(machine, `${what.join(' ')} failed on ${machine} with exit code ${exitCode}: ${log}`, { log });
};

/** The command line of a shell script; in an error it goes by `name` and the first of `words`, its $1, $2, … */
export const script = (text: string, name: string, ...words: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  text,
  name,
  ...words,
];

/** Whether a command succeeds in the fault's machine. */
export const succeeds = async (
  { provider }: FaultGround,
  { machine }: OpenFault,
  argv: readonly string[],
): Promise<boolean> => (await provider.exec(machine, argv, { timeoutMs: limitMs })).exitCode === 0;

/** Undoes something, unless the machine is in a state in which there is nothing to undo any more. */
const undoUnless = async (
  states: readonly MachineState[],
  { provider }: FaultGround,
  { machine }: OpenFault,
  undo: () => Promise<unknown>,
): Promise<void> => {
  try {
    await undo();
  } catch (error) {
    // Looked at only now: undoing what was just made must be quick.
    const state = await provider.state(machine).catch(() => 'running');
    if (!states.some((each) => each === state)) throw error;
  }
};

/** For faults that live in a running machine: one that was switched off has lost them. */
export const undoInMemory = (ground: FaultGround, open: OpenFault, undo: () => Promise<unknown>): Promise<void> =>
  undoUnless(['absent', 'stopped'], ground, open, undo);

/** For faults that lie on a machine's disk or outside of it: they go with the machine alone. */
export const undoLasting = (ground: FaultGround, open: OpenFault, undo: () => Promise<unknown>): Promise<void> =>
  undoUnless(['absent'], ground, open, undo);

export const machineOf = ({ plan }: FaultGround, { machine }: OpenFault): PlannedMachine => {
  const planned = plan.machines.find(({ name }) => name === machine);
  if (planned === undefined) throw new Error(`the plan has no machine ${machine}`);
  return planned;
};

/**
 * Whether the machine shares this computer's kernel, and so its clock and its disk. Commands there may have all of root's
 * powers over those: whatever does not clearly say that it is no container counts as one.
 */
export const isContainer = async ({ provider }: FaultGround, { machine }: OpenFault): Promise<boolean> => {
  const { stdout } = await provider.exec(machine, ['systemd-detect-virt', '--container'], { timeoutMs: limitMs });
  return stdout.trim() !== 'none';
};

/** Shell: ends a script that would do to this computer what was meant for a machine. */
export const refuseContainer = `
if [ "$(systemd-detect-virt --container || :)" != none ]; then
  echo "this may be a container, which shares it with its computer" >&2
  exit 1
fi
`;
