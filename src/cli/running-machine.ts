import { ComputerError } from '../model/errors.js';
import type { Provider } from '../providers/provider.js';
import type { Context } from './context.js';
import { type OpenedLab, openLab, requireMachines } from './open-lab.js';
import { providerOf } from './providers.js';

export interface RunningMachine extends OpenedLab {
  readonly provider: Provider;
}

/** The lab and its provider, when a machine of this name exists and runs. */
export const runningMachine = async (context: Context, machine: string): Promise<RunningMachine> => {
  const opened = await openLab(context);
  requireMachines(opened.plan, [machine]);
  const provider = await providerOf(opened.site);
  const state = await provider.state(machine);
  if (state === 'running') return { ...opened, provider };
  throw new ComputerError(state === 'absent' ? `${machine} does not exist yet.` : `${machine} is ${state}.`, {
    hint: state === 'paused' ? 'quintet heal lets it go on.' : `quintet up ${machine} brings it up.`,
  });
};
