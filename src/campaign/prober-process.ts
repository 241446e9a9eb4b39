import { run } from '../host/command.js';
import type { ProbeEvent } from '../model/history.js';
import type { Provider } from '../providers/provider.js';
import type { ProberConfig } from './prober.js';
import { startAtVantage, type VantageProcess } from './vantage-process.js';

export type ProberProcess = VantageProcess;

/** Starts the prober in its own process at the vantage; `report` hears every probe as it is answered. */
export const startProber = async (
  provider: Pick<Provider, 'atVantage'>,
  config: ProberConfig,
  report: (event: ProbeEvent) => void,
): Promise<ProberProcess> => {
  const program = { script: 'campaign/prober-main', who: 'The prober', before: await ahead() } as const;
  return startAtVantage(provider, program, config, report);
};

const realTime = ['chrt', '--rr', '1'] as const;

/**
 * Five machines may be busy beside the prober, and it must send when a probe is due. A nice value does not see to that:
 * Linux shares the processor among sessions first (autogroups, sched(7)), and every machine has many. Real-time scheduling
 * does; where it is refused (not root, no Linux) the prober says how late it was.
 */
const ahead = async (): Promise<readonly string[]> => {
  const tried = await run([...realTime, 'true']).catch(() => undefined);
  return tried?.exitCode === 0 ? realTime : [];
};
