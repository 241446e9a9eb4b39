import type { RoleService } from '../../model/role.js';
import { serviceNamed } from '../../plan/services.js';
import type { FaultRow, OpenFault } from './fault-row.js';
import { must, script, undoLasting } from './in-machine.js';
import { faultUnit, runsElsewhere, serviceOf } from './services.js';

type Configuration = NonNullable<RoleService['configuration']>;

const configurationOf = (open: OpenFault): Configuration => {
  const found = serviceNamed(serviceOf(open)).configuration;
  if (found === undefined) throw new Error(`${open.service} has no configuration to break`);
  return found;
};

/** The last line of a broken file. */
const mark = '# quintet-fault';

/** Both files are replaced in one step: whenever this is cut short, the copy is whole and the file is whole or broken. */
const breaker = `
set -eu
file=$1 typo=$2 mark=$3 unit=$4 deaf=$5 copy=$1.quintet-fault
if [ "$(tail -n 1 "$file")" != "$mark" ]; then
  cp -p "$file" "$copy.new"
  mv -f "$copy.new" "$copy"
  cp -p "$copy" "$copy.new"
  printf '%s\\n%s\\n' "$typo" "$mark" >>"$copy.new"
  mv -f "$copy.new" "$file"
fi
if [ "$deaf" = yes ]; then
  # By hand: systemd, which waits for the command that sends the signal, may see the program end first, and then waits for
  # the end of a reload that nobody is left to tell.
  main=$(systemctl show --property=MainPID --value "$unit")
  # One that does not run at this moment reads it when it starts.
  if [ "$main" -gt 0 ]; then kill -HUP "$main" || :; fi
  echo accepted
elif systemctl reload "$unit"; then echo accepted
elif systemctl is-active --quiet "$unit"; then echo refused
else echo accepted; fi
`;

/** A file that somebody has mended meanwhile is left as it is. The copy goes last, so that this can be done again. */
const mender = `
set -eu
file=$1 mark=$2 unit=$3 deaf=$4 copy=$1.quintet-fault
if [ -e "$copy" ] && [ "$(tail -n 1 "$file")" = "$mark" ]; then
  cp -p "$copy" "$copy.new"
  mv -f "$copy.new" "$file"
fi
# One that answers no reload may be dying of what it read just now: nobody waits for its jobs, only for it to be back.
wait=
if [ "$deaf" = yes ]; then wait=--no-block; fi
again() {
  if systemctl is-active --quiet "$unit"; then systemctl reload $wait "$unit"
  else
    systemctl reset-failed "$unit" 2>/dev/null || :
    systemctl start $wait "$unit"
  fi
}
# One that is just coming back by itself can be neither started nor reloaded for a moment.
again || { sleep 1; again; }
tries=0
until systemctl is-active --quiet "$unit" || [ "$tries" -ge 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
rm -f "$copy" "$copy.new"
`;

/**
 * A typo in a service's main configuration file, and a reload. `refused`: the service goes on with what it had read
 * before; `accepted`: it took the broken file, whatever became of it (keepalived ends itself).
 */
export const configBroken: FaultRow = {
  impossible: (ground, open) => {
    const known = serviceNamed(serviceOf(open)).configuration !== undefined;
    return known ? runsElsewhere(ground, open) : `${open.service} has no configuration that it could read again`;
  },
  make: async (ground, open) => {
    const { path, typo, deaf } = configurationOf(open);
    const words = [path, typo, mark, faultUnit(ground, open), deaf ? 'yes' : 'no'];
    const said = await must(ground, open, script(breaker, 'break', ...words), reloadLimitMs);
    return { answer: said.trim().endsWith('refused') ? 'refused' : 'accepted' };
  },
  undo: (ground, open) => {
    const { path, deaf } = configurationOf(open);
    const argv = script(mender, 'mend', path, mark, faultUnit(ground, open), deaf ? 'yes' : 'no');
    return undoLasting(ground, open, () => must(ground, open, argv, reloadLimitMs));
  },
};

const reloadLimitMs = 60_000;
