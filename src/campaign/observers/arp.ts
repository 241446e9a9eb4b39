import { reason } from '../../check/judgement.js';
import { must } from '../../host/command.js';
import type { Ground } from '../ground.js';
import type { Seen, Watching } from './observed.js';
import { overhear } from './overhear.js';

/** The hardware address that a line of `ip neigh` gives for the VIP; undefined when it gives none or is about another. */
export const hardwareIn = (line: string, vip: string): string | undefined => {
  const words = line.trim().split(/\s+/);
  const at = words.indexOf('lladdr');
  return words[0] === vip && at > 0 ? words[at + 1] : undefined;
};

/** Subscribing takes `ip` no longer than this; what changed before is told by asking. */
const subscribedMs = 50;
const askMs = 3000;

/**
 * Watches which machine the vantage sends to when it sends to the VIP. Only Linux tells (and not where the vantage lacks
 * `ip`): elsewhere a note says so.
 */
export const watchArp = (
  { plan, provider, clock }: Pick<Ground, 'plan' | 'provider' | 'clock'>,
  byHardware: (address: string) => string | undefined,
  seen: Seen,
  signal: AbortSignal,
): Watching => {
  const { vip } = plan.network;
  let last: string | undefined;
  const hear = (line: string) => {
    const address = hardwareIn(line, vip);
    if (address === undefined || address === last || signal.aborted) return;
    last = address;
    seen({ type: 'arp', machine: byHardware(address) ?? address }, 0);
  };
  const ended = overhear(provider, ['ip', '-o', '-4', 'monitor', 'neigh'], hear, signal);
  const ask = async () => {
    await clock.sleep(subscribedMs, signal);
    const argv = provider.atVantage(['ip', '-o', '-4', 'neigh', 'show', 'to', vip]);
    for (const line of (await must(argv, { timeoutMs: askMs })).split('\n')) hear(line);
  };
  const answered = ask().catch((error: unknown) => {
    if (!signal.aborted) seen({ type: 'note', text: `ARP at the vantage can't be watched: ${reason(error)}` }, 0);
  });
  return { inTouch: () => answered, ended };
};
