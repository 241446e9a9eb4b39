import type { Provider } from '../../providers/provider.js';
import type { TrafficConfig, TrafficEvent } from './traffic.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

/** Starts the traffic in a process of its own, so that it never disturbs the prober; `report` hears every event. */
export const startTraffic = (
  provider: Pick<Provider, 'atVantage'>,
  config: TrafficConfig,
  report: (event: TrafficEvent) => void,
): Promise<VantageProcess> =>
  startAtVantage(provider, { script: 'campaign/traffic/traffic-main', who: 'The traffic' }, config, report);
