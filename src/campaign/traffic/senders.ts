import type { HistoryEvent } from '../../model/history.js';
import type { Provider } from '../../providers/provider.js';
import { type Ground, siteDoor } from '../ground.js';
import type { ProberConfig } from './prober.js';
import { startProber } from './prober-process.js';
import type { TrafficConfig } from './traffic.js';
import { startTraffic } from './traffic-process.js';

type Lab = Pick<Ground, 'plan' | 'ca'>;

/** What is sent, and to which lab. */
export interface Sending extends Lab {
  /** Begins the ids of the entries that are written: unique over all runs. */
  readonly idPrefix: string;
  /** After so many seconds they end by themselves, whatever becomes of Quintet. */
  readonly mostS: number;
}

/** Whoever sends requests to the site: the prober, and a process that writes, reads and keeps connections open. */
export interface Senders {
  /** Whether they can begin (again). */
  ready(): boolean;
  /** The first request is due at `startMs` on the monotonic clock; `report` hears every answer. */
  begin(startMs: number, sending: Sending, report: (event: HistoryEvent) => void): void;
  /** Send no more, wait for the last answers. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both or none. */
export const startSenders = async (provider: Provider): Promise<Senders> => {
  const starting = [startProber(provider), startTraffic(provider)] as const;
  try {
    const [prober, traffic] = await Promise.all(starting);
    const both = [prober, traffic];
    return {
      ready: () => both.every((each) => each.ready()),
      begin: (startMs, sending, report) => {
        prober.begin({ startMs, config: proberConfig(sending) }, report);
        traffic.begin({ startMs, config: trafficConfig(sending) }, report);
      },
      finish: async () => void (await Promise.all(both.map((each) => each.finish()))),
      close: async () => void (await Promise.all(both.map((each) => each.kill()))),
    };
  } catch (error) {
    await Promise.all(starting.map((each) => each.then((one) => one.kill()).catch(() => undefined)));
    throw error;
  }
};

/** What the prober asks for: a static page and a dynamic one, in turn. */
export const proberConfig = (sending: Omit<Sending, 'idPrefix'>): ProberConfig => {
  const { plan, mostS } = sending;
  const { ratePerSecond, timeoutMs } = plan.verify;
  return {
    ...siteDoor(sending),
    ratePerSecond,
    paths: [
      { part: 'static', ...plan.site.static },
      { part: 'dynamic', ...plan.site.dynamic },
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

const trafficConfig = (sending: Sending): TrafficConfig => {
  const { plan, idPrefix, mostS } = sending;
  const { static: page, entries } = plan.site;
  const { keptConnections } = plan.verify;
  const writesPerSecond = entries === undefined ? 0 : plan.verify.writesPerSecond;
  return {
    ...siteDoor(sending),
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
