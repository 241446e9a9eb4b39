import { setMaxListeners } from 'node:events';
import type { Ground } from '../ground.js';
import { watchAlerts } from './alerts.js';
import { watchArp } from './arp.js';
import { watchBackends } from './backends.js';
import { watchDatabases } from './databases.js';
import { type Pulse, watchLoadBalancers } from './load-balancers.js';
import type { Observed, Seen, Watching } from './observed.js';
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
  /** How everything stands that was told, as far as it still does. */
  standing(): readonly Observed[];
  /** Whether all are in touch, or are so within 5 s (longer on slow machines). */
  inTouch(): Promise<boolean>;
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
  const standing = new Map<string, Observed>();
  const hear: Seen = (event, agoMs) => {
    if (signal.aborted) return;
    remember(standing, event);
    seen(event, agoMs);
  };
  const tooLate = () =>
    ground.clock.sleep(mostWaitMs * ground.plan.pace, signal).then(
      () => false,
      () => false,
    );
  const late = tooLate();
  const inTime = (one: Watching) => Promise.race([one.inTouch(), late]);
  const inside = watchLoadBalancers(ground, hear, signal);
  const backends = watchBackends(ground, hear, signal);
  const alerts = watchAlerts(ground, hear, signal);
  const databases = watchDatabases(ground, hear, signal);
  const stalls = watchStalls(ground, hear, signal).catch(() => undefined);
  await inTime(inside);
  if (inside.holders().length === 0) hear({ type: 'vip', holders: [] }, 0);
  // Only now: whose hardware address is whose must be known before ARP is heard.
  const arp = watchArp(ground, inside.byHardware, hear, signal);
  const all = [inside, arp, backends, alerts, databases];
  await Promise.all(all.map(inTime));
  return {
    holders: inside.holders,
    sources: databases.sources,
    alarmed: alerts.firing,
    feel: inside.feel,
    standing: () => [...standing.values(), ...[alerts.deaf() ?? []].flat()],
    inTouch: () => Promise.race([Promise.all(all.map((each) => each.inTouch())).then(() => true), tooLate()]),
    close: async () => {
      closing.abort();
      await Promise.all([...all.map(({ ended }) => ended), stalls, late]);
    },
  };
};

/** Of each observed thing the latest. What is over, or belongs to a moment, does not stand; who is deaf says so as long as it lasts. */
const remember = (standing: Map<string, Observed>, event: Observed): void => {
  const subject = subjectOf(event);
  if (event.type === 'alert' && !event.firing) standing.delete(subject);
  else if (event.type !== 'stall' && !('deafTo' in event)) standing.set(subject, event);
};

/** What an observation is about. */
const subjectOf = (event: Observed): string => {
  switch (event.type) {
    case 'vrrp':
    case 'database':
      return `${event.type} ${event.machine}`;
    case 'backend':
      return `backend ${event.machine} ${event.server}`;
    case 'alert':
      return `alert ${event.machine} ${event.name} ${event.about ?? ''}`;
    case 'note':
      return `note ${event.text}`;
    default:
      return event.type;
  }
};
