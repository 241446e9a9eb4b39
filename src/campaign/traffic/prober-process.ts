import { runInRealTime } from '../../host/real-time.js';
import type { ProbeEvent } from '../../model/history.js';
import type { Provider } from '../../providers/provider.js';
import type { ProberConfig } from './prober.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

export type ProberProcess = VantageProcess<ProberConfig, ProbeEvent>;

/**
 * Starts the prober in its own process at the vantage. Five machines may be busy beside it, and it must send when a probe is due,
 * so it runs before everything else; where that is refused it says how late it was. Only when it is ready to begin: starting up
 * is work enough to hold up a machine.
 */
export const startProber = async (provider: Pick<Provider, 'atVantage' | 'runFirst'>): Promise<ProberProcess> => {
  const script = { script: 'campaign/traffic/prober-main', who: 'The prober' } as const;
  const prober: ProberProcess = await startAtVantage(provider, script);
  await (provider.runFirst?.(prober.pid) ?? runInRealTime(prober.pid));
  return prober;
};
