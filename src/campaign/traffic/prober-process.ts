import type { ProbeEvent } from '../../model/history.js';
import type { Provider } from '../../providers/provider.js';
import type { ProberConfig } from './prober.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

export type ProberProcess = VantageProcess;

/** Starts the prober in its own process at the vantage; `report` hears every probe as it is answered. */
export const startProber = (
  provider: Pick<Provider, 'atVantage'>,
  config: ProberConfig,
  report: (event: ProbeEvent) => void,
): Promise<ProberProcess> =>
  startAtVantage(provider, { script: 'campaign/traffic/prober-main', who: 'The prober' }, config, report);
