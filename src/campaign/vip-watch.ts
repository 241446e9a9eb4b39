import type { Ground } from './ground.js';
import { withRole } from './ground.js';

/**
 * Runs in a load balancer: says who it is now, then every change of its addresses as the kernel tells it (no polling).
 * A word a second finds out whether anybody still listens, so that it never outlives Quintet by more.
 */
const watcher = `
trap '' PIPE
ip -o -4 monitor address & monitor=$!
trap 'kill "$monitor" 2>/dev/null' EXIT
sleep 0.05
if [ -n "$(ip -o -4 addr show to "$1")" ]; then echo holds; else echo free; fi
while echo tick; do sleep 1; done
`;

/** What a line of the watcher says: whether the machine holds the VIP now; undefined when the line is about something else. */
export const holdsAfter = (line: string, vip: string): boolean | undefined => {
  if (line === 'holds') return true;
  if (line === 'free') return false;
  if (!line.includes(` inet ${vip}/`)) return undefined;
  return !line.startsWith('Deleted');
};

export interface VipWatch {
  /** Who holds the VIP as far as is known now, sorted. */
  holders(): readonly string[];
  close(): Promise<void>;
}

const againMs = 250;
const mostWaitMs = 5000;

/**
 * Watches the VIP on all load balancers; `changed` hears the holders at every change. A machine without power holds
 * nothing; it is asked again until it answers. Resolves when every load balancer has answered once.
 */
export const watchVip = async (
  { plan, provider, clock }: Pick<Ground, 'plan' | 'provider' | 'clock'>,
  changed: (holders: readonly string[]) => void,
): Promise<VipWatch> => {
  const closing = new AbortController();
  const holding = new Set<string>();
  const holders = () => [...holding].sort();
  const note = (machine: string, holds: boolean) => {
    if (holding.has(machine) === holds) return;
    if (holds) holding.add(machine);
    else holding.delete(machine);
    if (!closing.signal.aborted) changed(holders());
  };
  const argv = ['bash', '-c', watcher, 'quintet-vip-watch', plan.network.vip];
  const watch = async (machine: string, answered: () => void) => {
    while (!closing.signal.aborted) {
      const onLine = (line: string) => {
        const holds = holdsAfter(line, plan.network.vip);
        if (holds !== undefined) note(machine, holds);
        if (line === 'holds' || line === 'free') answered();
      };
      await provider.exec(machine, argv, { onLine, signal: closing.signal }).catch(() => undefined);
      note(machine, false);
      await clock.sleep(againMs, closing.signal).catch(() => undefined);
    }
  };
  const ended: Promise<void>[] = [];
  const answered = withRole(plan, 'load-balancer').map(
    ({ name }) => new Promise<void>((resolve) => ended.push(watch(name, resolve))),
  );
  await Promise.race([Promise.all(answered), clock.sleep(mostWaitMs, closing.signal).catch(() => undefined)]);
  changed(holders());
  return {
    holders,
    close: async () => {
      closing.abort();
      await Promise.all(ended);
    },
  };
};
