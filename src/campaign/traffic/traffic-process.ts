import type { Provider } from '../../providers/provider.js';
import type { TrafficConfig, TrafficEvent } from './traffic.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

export type TrafficProcess = VantageProcess<TrafficConfig, TrafficEvent>;

/** Starts the traffic in a process of its own, so that it never disturbs the prober. */
export const startTraffic = (provider: Pick<Provider, 'atVantage'>): Promise<TrafficProcess> =>
  startAtVantage(provider, { script: 'campaign/traffic/traffic-main', who: 'The traffic' });
