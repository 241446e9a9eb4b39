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
  throw new MachineError(
    machine,
    `${argv.at(0)} ${argv.at(-1)} failed on ${machine} with exit code ${exitCode}: ${log}`,
    { log },
  );
};

const unitOf = ({ process }: OpenFault): string => {
  if (process === undefined || !/^[a-z][a-z0-9-]*$/.test(process)) throw new Error(`no process to kill: ${process}`);
  return `${process}.service`;
};

/**
 * Kills all processes of a unit at once: HAProxy's master would replace a killed worker. Not by `systemctl kill`, which
 * also kills what systemd starts when a unit dies (ExecStopPost), as no crash would. Where a unit's processes are listed
 * depends on the machine's cgroups. A unit without a group must never be taken for the root of all groups.
 */
const killer = `
set -eu
group=$(systemctl show --property=ControlGroup --value "$1")
if [ -n "$group" ] && [ "$group" != / ]; then
  for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$root$group/cgroup.procs" ]; then
      processes=$(cat "$root$group/cgroup.procs")
      if [ -n "$processes" ]; then kill -KILL $processes; exit; fi
    fi
  done
fi
echo "$1 has no process" >&2
exit 1
`;

/** Everything that can be done to a machine, and what undoes it. */
export const faultTable: Readonly<Record<FaultKind, FaultRow>> = {
  'process-killed': {
    words: 'kill a process',
    possible: () => true,
    make: (provider, open) => must(provider, open.machine, ['sh', '-c', killer, 'kill', unitOf(open)]),
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
