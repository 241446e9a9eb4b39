import { setMaxListeners } from 'node:events';
import type { Ground } from '../ground.js';
import { watchAlerts } from './alerts.js';
import { watchArp } from './arp.js';
import { watchBackends } from './backends.js';
import { watchDatabases } from './databases.js';
import { type Pulse, watchLoadBalancers } from './load-balancers.js';
import type { Seen, Watching } from './observed.js';
import { watchStalls } from './stalls.js';

export type { Pulse } from './load-balancers.js';
export type { Observed, Seen } from './observed.js';

export interface Observers {
  /** Who holds the VIP as far as is known now, sorted. */
  holders(): readonly string[];
  /** Which databases take writes as far as is known now, sorted; nobody where they are no source and replica. */
  sources(): readonly string[];
  /** Whether an alert fires of which whoever is on call has not been told that it is over. */
  alarmed(): boolean;
  /** Told by whoever pauses a machine and lets it go on: the machine itself can't. */
  feel(machine: string, pulse: Pulse): void;
  close(): Promise<void>;
}

const mostWaitMs = 5000;

/**
 * Watches who holds the VIP, keepalived's states, ARP at the vantage, HAProxy's servers, alerts and this computer's stalls; `seen` hears
 * first how each stands, then every change. Resolves when all have answered once, or after 5 s (longer on slow machines).
 */
export const observe = async (
  ground: Pick<Ground, 'plan' | 'provider' | 'clock' | 'vantage'>,
  seen: Seen,
): Promise<Observers> => {
  const closing = new AbortController();
  const { signal } = closing;
  // Whoever watches listens to it, and there is a watcher for every machine.
  setMaxListeners(0, signal);
  const hear: Seen = (event, agoMs) => {
    if (!signal.aborted) seen(event, agoMs);
  };
  const late = ground.clock.sleep(mostWaitMs * ground.plan.pace, signal).catch(() => undefined);
  const inTime = ({ answered }: Watching) => Promise.race([answered, late]);
  const inside = watchLoadBalancers(ground, hear, signal);
  const backends = watchBackends(ground, hear, signal);
  const alerts = watchAlerts(ground, hear, signal);
  const databases = watchDatabases(ground, hear, signal);
  const stalls = watchStalls(ground, hear, signal).catch(() => undefined);
  await inTime(inside);
  if (inside.holders().length === 0) hear({ type: 'vip', holders: [] }, 0);
  // Only now: whose hardware address is whose must be known before ARP is heard.
  const arp = watchArp(ground, inside.byHardware, hear, signal);
  await Promise.all([inTime(arp), inTime(backends), inTime(alerts), inTime(databases)]);
  return {
    holders: inside.holders,
    sources: databases.sources,
    alarmed: alerts.firing,
    feel: inside.feel,
    close: async () => {
      closing.abort();
      await Promise.all([inside.ended, backends.ended, arp.ended, alerts.ended, databases.ended, stalls, late]);
    },
  };
};
