import { runInRealTime } from '../../host/real-time.js';
import type { ProbeEvent } from '../../model/history.js';
import type { Provider } from '../../providers/provider.js';
import type { ProberConfig } from './prober.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

export type ProberProcess = VantageProcess;

/**
 * Starts the prober in its own process at the vantage; `report` hears every probe as it is answered. Five machines may be busy
 * beside it, and it must send when a probe is due, so it runs before everything else; where that is refused it says how late
 * it was. Only when it is ready to begin: starting up is work enough to hold up a machine.
 */
export const startProber = async (
  provider: Pick<Provider, 'atVantage' | 'runFirst'>,
  config: ProberConfig,
  report: (event: ProbeEvent) => void,
): Promise<ProberProcess> => {
  const script = { script: 'campaign/traffic/prober-main', who: 'The prober' } as const;
  const prober = await startAtVantage(provider, script, config, report);
  await (provider.runFirst?.(prober.pid) ?? runInRealTime(prober.pid));
  return prober;
};
