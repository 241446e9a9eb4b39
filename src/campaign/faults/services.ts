import type { Service } from '../../model/scenario.js';
import { roleRunning, serviceNames, unitOf } from '../../plan/services.js';
import type { FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { machineOf, must, script, undoInMemory } from './in-machine.js';

/** A service may drain connections before it ends, and a database repairs itself before it starts. */
const limitMs = 150_000;

export const serviceOf = ({ fault, service }: OpenFault): Service => {
  if (service !== undefined && serviceNames.includes(service)) return service;
  throw new Error(`${fault} of no service: ${service}`);
};

/** The systemd unit that a fault is about. */
export const faultUnit = ({ plan }: FaultGround, open: OpenFault): string => unitOf(serviceOf(open), plan);

/** Why a fault of a service can't be there: it runs elsewhere. */
export const runsElsewhere = (ground: FaultGround, open: OpenFault): string | undefined => {
  const role = roleRunning(serviceOf(open));
  if (machineOf(ground, open).roles.includes(role)) return undefined;
  return `${open.service} does not run on ${open.machine}, only where the role is ${role}`;
};

export const control = (ground: FaultGround, open: OpenFault, verb: string): Promise<string> =>
  must(ground, open, ['systemctl', verb, faultUnit(ground, open)], limitMs);

/** systemd knows nothing of a unit that is stopped and that nothing asks for, and then there is no failure to forget. */
export const startText = `
systemctl reset-failed "$1" 2>/dev/null || :
exec systemctl start "$1"`;

/** Makes sure that the service runs; a machine that is off starts it by itself when it is switched on. */
export const startAgain = (ground: FaultGround, open: OpenFault): Promise<void> =>
  undoInMemory(ground, open, async () => {
    await must(ground, open, script(startText, 'start', faultUnit(ground, open)), limitMs);
  });

const controlled = (verb: string): FaultRow => ({
  impossible: runsElsewhere,
  make: async (ground, open) => {
    await control(ground, open, verb);
    return undefined;
  },
  undo: startAgain,
});

export const serviceStopped = controlled('stop');
export const serviceRestarted = controlled('restart');

/** A service that an earlier reload has ended may be starting again: it is waited for, some 10 s at the most. */
const reloadText = `
for _ in $(seq 100); do
  said=$(systemctl "$1" "$2" 2>&1) && exit
  systemctl is-active --quiet "$2" && break
  sleep 0.1
done
echo "$said" >&2
exit 1`;

export const serviceReloaded: FaultRow = {
  ...controlled('reload'),
  make: async (ground, open) => {
    const argv = script(reloadText, 'systemctl', 'reload', faultUnit(ground, open));
    await must(ground, open, argv, limitMs);
    return undefined;
  },
  impossible: async (ground, open) => {
    const elsewhere = runsElsewhere(ground, open);
    if (elsewhere !== undefined) return elsewhere;
    const argv = ['systemctl', 'show', '--property=CanReload', '--value', faultUnit(ground, open)];
    return (await must(ground, open, argv)).trim() === 'yes' ? undefined : `${open.service} knows no reload`;
  },
};
