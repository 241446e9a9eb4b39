import { type DatabaseState, databaseStates } from '../../model/history.js';
import { pairMachines } from '../../roles/replica.js';
import type { Ground } from '../ground.js';
import { allMade, type Seen, Touch, type Watching } from './observed.js';

/**
 * Runs in a database: passes on what database-pair last said of its place, each time that it is something else. A word a second finds
 * out whether anybody still listens, so that it never outlives Quintet by more.
 */
const watcher = `
trap exit HUP INT TERM PIPE
exec 9<> <(:)
said= beats=0
while :; do
  now=off
  if [ -r /run/quintet-database-pair/words ]; then read -r now </run/quintet-database-pair/words || now=off; fi
  if [ "$now" != "$said" ]; then echo "is $now" || exit; fi
  said=$now beats=$((beats + 1))
  if [ $((beats % 10)) -eq 0 ]; then echo tick || exit; fi
  read -r -t 0.1 -u 9 _
done
`;

const againMs = 250;

/** What such a line says; undefined for any other. */
export const stateIn = (line: string): { readonly state: DatabaseState; readonly behindS?: number } | undefined => {
  const { word = '', seconds } = /^is (?<word>[a-z-]+)(?: (?<seconds>\d+))?$/.exec(line)?.groups ?? {};
  const state = databaseStates.find((each) => each === word);
  if (state === undefined) return undefined;
  return seconds === undefined ? { state } : { state, behindS: Number(seconds) };
};

/** Whether a database in such a state takes writes. */
const writable: readonly DatabaseState[] = ['protected', 'waiting', 'unprotected'];

export interface Databases extends Watching {
  /** Those that take writes as far as is known now, sorted. */
  sources(): readonly string[];
}

/** Watches who of a source and its replica takes writes, and how well they are in step. A machine without power takes none. */
export const watchDatabases = (
  { plan, provider, clock }: Pick<Ground, 'plan' | 'provider' | 'clock'>,
  seen: Seen,
  signal: AbortSignal,
): Databases => {
  const states = new Map<string, string>();
  const tell = (machine: string, found: NonNullable<ReturnType<typeof stateIn>>) => {
    const key = `${found.state} ${found.behindS ?? ''}`;
    if (states.get(machine) !== key) seen({ type: 'database', machine, ...found }, 0);
    states.set(machine, key);
  };
  const watch = async (machine: string, touch: Touch) => {
    while (!signal.aborted) {
      const onLine = (line: string) => {
        const found = stateIn(line);
        if (found === undefined) return;
        tell(machine, found);
        touch.make();
      };
      await provider.exec(machine, ['bash', '-c', watcher, 'quintet-watch'], { onLine, signal }).catch(() => undefined);
      if (signal.aborted) return;
      touch.lose();
      tell(machine, { state: 'off' });
      await clock.sleep(againMs, signal).catch(() => undefined);
    }
  };
  const machines = plan.database.replica === undefined ? [] : pairMachines(plan);
  const touches = machines.map(() => new Touch());
  const ended = touches.map((touch, index) => watch(machines[index] ?? '', touch));
  return {
    inTouch: allMade(touches),
    ended: Promise.all(ended),
    sources: () =>
      machines.filter((name) => writable.some((state) => states.get(name)?.split(' ')[0] === state)).sort(),
  };
};
