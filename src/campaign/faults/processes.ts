import type { FaultRow } from './fault-row.js';
import { must, script, undoInMemory } from './in-machine.js';
import { faultUnit, runsElsewhere, startAgain } from './services.js';

/**
 * The processes of a unit. Where they are listed depends on the machine's cgroups. A unit without a group must never be
 * taken for the root of all groups.
 */
const processes = `
set -u
processes() {
  group=$(systemctl show --property=ControlGroup --value "$1")
  if [ -z "$group" ] || [ "$group" = / ]; then return; fi
  for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -e "$root$group/cgroup.procs" ]; then
      found=$(cat "$root$group/cgroup.procs")
      if [ -n "$found" ]; then echo "$found"; return; fi
    fi
  done
}
now=$(processes "$1")
`;

const mustHaveSome = `
if [ -z "$now" ]; then
  echo "$1 has no process" >&2
  exit 1
fi
`;

/** Hangs all processes of a unit; again as long as one that was not hung yet has started another. */
const hanger = `${processes}${mustHaveSome}
before=
while [ "$now" != "$before" ]; do
  # shellcheck disable=SC2086 # a word for each process
  kill -STOP $now 2>/dev/null || :
  before=$now
  now=$(processes "$1")
done
`;

/**
 * Kills all processes of a unit at once: HAProxy's master would replace a killed worker, and keepalived's VRRP process would
 * say goodbye with an advert of priority 0 once its parent is gone, told by the kernel (PR_SET_PDEATHSIG) or by systemd,
 * which ends what is left of a unit, hung or not, as soon as its main process is gone. So all are hung first, and the main
 * one is the last to be killed. Not by `systemctl kill`, which also kills what systemd starts when a unit dies
 * (ExecStopPost), as no crash would. One that ended by itself meanwhile (keepalived's checks come and go) is no mistake.
 */
const killer = `
main=$(systemctl show --property=MainPID --value "$1")
${hanger}
for process in $now; do
  if [ "$process" != "$main" ]; then kill -KILL "$process" 2>/dev/null || :; fi
done
if [ "$main" -gt 0 ]; then kill -KILL "$main" 2>/dev/null || :; fi
`;

const waker = `${processes}
# shellcheck disable=SC2086 # a word for each process
if [ -n "$now" ]; then kill -CONT $now 2>/dev/null || :; fi
`;

export const processKilled: FaultRow = {
  impossible: runsElsewhere,
  make: async (ground, open) => {
    await must(ground, open, script(killer, 'kill', faultUnit(ground, open)));
    return undefined;
  },
  undo: startAgain,
};

/** The one that was started last, of those beside the main one: its master has to notice. */
const workerKiller = `${processes}
main=$(systemctl show --property=MainPID --value "$1")
worker=$(printf '%s\\n' "$now" | grep -vxF "$main" | tail -n 1)
if [ -z "$worker" ]; then
  echo "$1 has no process beside its main one" >&2
  exit 1
fi
kill -KILL "$worker"
`;

const counter = `${processes}printf '%s\\n' "$now" | grep -c .`;

export const workerKilled: FaultRow = {
  impossible: async (ground, open) => {
    const elsewhere = runsElsewhere(ground, open);
    if (elsewhere !== undefined) return elsewhere;
    const count = Number(await must(ground, open, script(counter, 'count', faultUnit(ground, open))));
    return count > 1 ? undefined : `${open.service} on ${open.machine} is one process alone, without a worker`;
  },
  make: async (ground, open) => {
    await must(ground, open, script(workerKiller, 'kill', faultUnit(ground, open)));
    return undefined;
  },
  undo: startAgain,
};

/** For systemd a hung service is a running one: nothing but SIGCONT brings it back. */
export const processHung: FaultRow = {
  impossible: runsElsewhere,
  make: async (ground, open) => {
    await must(ground, open, script(hanger, 'hang', faultUnit(ground, open)));
    return undefined;
  },
  undo: async (ground, open) => {
    await undoInMemory(ground, open, () => must(ground, open, script(waker, 'wake', faultUnit(ground, open))));
    await startAgain(ground, open);
  },
};
