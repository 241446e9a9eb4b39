import type { HistoryEvent } from '../../model/history.js';
import { type Ground, siteDoor } from '../ground.js';
import type { ProberConfig } from './prober.js';
import { startProber } from './prober-process.js';
import type { TrafficConfig } from './traffic.js';
import { startTraffic } from './traffic-process.js';
import type { VantageProcess } from './vantage-process.js';

type Lab = Pick<Ground, 'plan' | 'provider' | 'ca'>;

export interface Sending {
  /** Begins the ids of the entries that are written: unique over all runs. */
  readonly idPrefix: string;
  /** After so many seconds they end by themselves, whatever becomes of Quintet. */
  readonly mostS: number;
}

/** Starts whoever sends requests to the site: the prober, and a process that writes, reads and keeps connections open. Both or none. */
export const startSenders = async (
  lab: Lab,
  sending: Sending,
  report: (event: HistoryEvent) => void,
): Promise<readonly VantageProcess[]> => {
  const started = await Promise.allSettled([
    startProber(lab.provider, proberConfig(lab, sending), report),
    startTraffic(lab.provider, trafficConfig(lab, sending), report),
  ]);
  const senders = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed === undefined) return senders;
  await Promise.all(senders.map((sender) => sender.kill()));
  throw failed.reason;
};

/** What the prober asks for: a static page and a dynamic one, in turn. */
export const proberConfig = (lab: Pick<Lab, 'plan' | 'ca'>, { mostS }: Pick<Sending, 'mostS'>): ProberConfig => {
  const { ratePerSecond, timeoutMs } = lab.plan.verify;
  return {
    ...siteDoor(lab),
    ratePerSecond,
    paths: [
      { part: 'static', ...lab.plan.site.static },
      { part: 'dynamic', ...lab.plan.site.dynamic },
    ],
    mostProbes: Math.ceil(mostS * ratePerSecond),
    mostInFlight: Math.ceil((ratePerSecond * timeoutMs) / 1000) + 100,
  };
};

/**
 * Few enough to change nothing about an outage, and not in step with the writes: so the reads come at all times after an
 * acknowledgement.
 */
const readsPerSecond = 4.7;

const trafficConfig = (lab: Lab, { idPrefix, mostS }: Sending): TrafficConfig => {
  const { static: page, entries } = lab.plan.site;
  const { keptConnections } = lab.plan.verify;
  const writesPerSecond = entries === undefined ? 0 : lab.plan.verify.writesPerSecond;
  return {
    ...siteDoor(lab),
    entries,
    idPrefix,
    writesPerSecond,
    mostWrites: Math.ceil(mostS * writesPerSecond),
    readsPerSecond: writesPerSecond === 0 ? 0 : readsPerSecond,
    mostReads: Math.ceil(mostS * readsPerSecond),
    keptConnections,
    keptEveryMs: 250,
    keptPath: page.path,
    keptContains: page.contains,
  };
};
