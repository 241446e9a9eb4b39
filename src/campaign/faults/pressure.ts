import type { FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { machineOf, must, script, undoInMemory } from './in-machine.js';

/** Starts a transient unit that comes back when the kernel kills it; it is gone with the next boot. */
const starter = `
set -eu
unit=$1
shift
if systemctl is-active --quiet "$unit"; then exit; fi
systemctl reset-failed "$unit" 2>/dev/null || :
exec systemd-run --quiet --collect --unit="$unit" --property=Restart=always --property=RestartSec=500ms \\
  --property=StartLimitIntervalSec=0 -- "$@"
`;

const ender = `
set -eu
if [ "$(systemctl show --property=LoadState --value "$1")" != not-found ]; then systemctl stop "$1"; fi
systemctl reset-failed "$1" 2>/dev/null || :
`;

/** A program that presses on the machine for as long as the fault lasts. */
const pressure = (unit: string, program: (ground: FaultGround, open: OpenFault) => readonly string[]): FaultRow => ({
  make: async (ground, open) => {
    await must(ground, open, script(starter, 'press', unit, ...program(ground, open)));
    return undefined;
  },
  undo: (ground, open) => undoInMemory(ground, open, () => must(ground, open, script(ender, 'relieve', unit))),
});

const busyLoops = 'for count in $(seq "$1"); do while :; do :; done & done; wait';

export const cpuPressure = pressure('quintet-fault-cpu.service', (ground, open) => [
  'sh',
  '-c',
  busyLoops,
  'busy',
  String(2 * machineOf(ground, open).cores),
]);

/** Takes memory by the megabyte and writes to each page of it. perl-base is part of every Debian and Ubuntu. */
const hoard = 'my @hoard; vec($hoard[$_], 1048575, 8) = 1 for 1 .. shift; sleep while 1';

export const memoryPressure = pressure('quintet-fault-memory.service', (ground, open) => {
  if (open.percent === undefined) throw new Error('memory-pressure of how many percent?');
  return ['perl', '-e', hoard, String(Math.floor((machineOf(ground, open).memoryMb * open.percent) / 100))];
});
