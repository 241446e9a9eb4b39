import type { FaultRow } from './fault-row.js';
import { isContainer, must, refuseContainer, script, undoInMemory } from './in-machine.js';

/**
 * Sets the clock so many seconds off the right time. Which time is right is written down before the first jump, beside
 * the time since boot (which no setting of the clock touches); after a restart the machine has its time from outside again.
 */
const setter = `
set -eu
by=$1 reference=/run/quintet-fault-clock
if [ "$by" = 0 ] && [ ! -e "$reference" ]; then exit; fi
${refuseContainer}
if [ ! -e "$reference" ]; then
  echo "$(date +%s.%N) $(cut -d ' ' -f 1 /proc/uptime)" >"$reference.new"
  mv -f "$reference.new" "$reference"
fi
read -r right since <"$reference"
now=$(awk -v right="$right" -v since="$since" -v by="$by" '{ printf "%.3f", right + $1 - since + by }' /proc/uptime)
date --set="@$now" >/dev/null
if [ "$by" = 0 ]; then rm -f "$reference"; fi
`;

export const clockJump: FaultRow = {
  impossible: async (ground, open) =>
    (await isContainer(ground, open))
      ? `${open.machine} is a container: its clock is the clock of this computer`
      : undefined,
  make: async (ground, open) => {
    if (open.bySeconds === undefined) throw new Error('clock-jump of how many seconds?');
    await must(ground, open, script(setter, 'set the clock', String(open.bySeconds)));
    return undefined;
  },
  undo: (ground, open) => undoInMemory(ground, open, () => must(ground, open, script(setter, 'set the clock', '0'))),
};
