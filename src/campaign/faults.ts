import { MachineError } from '../model/errors.js';
import type { FaultKind } from '../model/scenario.js';
import type { Faults, Provider } from '../providers/provider.js';

/** A fault that was made, or is about to be, and how to find it again. */
export interface OpenFault {
  readonly machine: string;
  readonly fault: FaultKind;
  /** Which process was killed, by the name of its systemd unit; for process-killed alone. */
  readonly process?: string;
}

interface FaultRow {
  /** The fault in words, after "can't". */
  readonly words: string;
  readonly possible: (faults: Faults) => boolean;
  /** Both may be called again and again. */
  readonly make: (provider: Provider, open: OpenFault) => Promise<void>;
  readonly undo: (provider: Provider, open: OpenFault) => Promise<void>;
}

const must = async (provider: Provider, machine: string, argv: readonly string[]): Promise<void> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { timeoutMs: 30_000 });
  if (exitCode === 0) return;
  const log = stderr.trim() || stdout.trim();
  throw new MachineError(machine, `${argv.join(' ')} failed on ${machine} with exit code ${exitCode}.`, { log });
};

const unitOf = ({ process }: OpenFault): string => {
  if (process === undefined || !/^[a-z][a-z0-9-]*$/.test(process)) throw new Error(`no process to kill: ${process}`);
  return `${process}.service`;
};

/** Everything that can be done to a machine, and what undoes it. */
export const faultTable: Readonly<Record<FaultKind, FaultRow>> = {
  'process-killed': {
    words: 'kill a process',
    possible: () => true,
    // All processes of the unit at once (the default): HAProxy's master would otherwise replace a killed worker.
    make: (provider, open) => must(provider, open.machine, ['systemctl', 'kill', '--signal=KILL', unitOf(open)]),
    undo: async (provider, open) => {
      await must(provider, open.machine, ['systemctl', 'reset-failed', unitOf(open)]);
      await must(provider, open.machine, ['systemctl', 'start', unitOf(open)]);
    },
  },
  'power-cut': {
    words: 'cut the power',
    possible: (faults) => faults.cutPower !== undefined && faults.restorePower !== undefined,
    make: async ({ faults }, { machine }) => faults.cutPower?.(machine),
    undo: async ({ faults }, { machine }) => faults.restorePower?.(machine),
  },
  'cable-cut': {
    words: 'pull the cable',
    possible: (faults) => faults.cutCable !== undefined && faults.plugCable !== undefined,
    make: async ({ faults }, { machine }) => faults.cutCable?.(machine),
    undo: async ({ faults }, { machine }) => faults.plugCable?.(machine),
  },
};
