import { ComputerError, InterruptedError } from '../model/errors.js';
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

/** Runs a command in a machine and says its lines as they come, until it ends or nobody takes them any more; its exit code. */
export const saying = async (
  { signal, readerLeft, out }: Pick<Context, 'signal' | 'readerLeft' | 'out'>,
  provider: Pick<Provider, 'exec'>,
  machine: string,
  argv: readonly string[],
): Promise<number> => {
  const until = AbortSignal.any([signal, readerLeft]);
  try {
    return (await provider.exec(machine, argv, { signal: until, onLine: out })).exitCode;
  } catch (error) {
    if (error instanceof InterruptedError && readerLeft.aborted && !signal.aborted) return 0;
    throw error;
  }
};
