import type { Clock } from '../host/clock.js';
import type { InterruptedError } from '../model/errors.js';
import type { Emit, Step } from '../model/events.js';
import type { LabSite } from '../providers/provider.js';
import { asError, type Failure } from './failures.js';
import { inParallel } from './in-parallel.js';
import type { LabState } from './lab-state.js';
import { begun, ended, type MachineInputs } from './lifecycle.js';
import type { MachineLog } from './machine-log.js';

/** What all steps of one run share. */
export interface Run {
  readonly site: LabSite;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly state: LabState;
  readonly signal?: AbortSignal | undefined;
  /** What a step that was broken off by the signal is shown with. */
  readonly interrupted: () => InterruptedError;
}

export interface StepOf {
  readonly machine: string;
  readonly step: Step;
  readonly inputs: MachineInputs;
  readonly act: (emit: Emit) => Promise<void>;
}

/** The record is on disk before a step begins and after it ended, however it ended. */
export const takeStep = async (
  run: Run,
  { machine, step, inputs, act }: StepOf,
  log: MachineLog,
): Promise<Failure | undefined> => {
  const { state, clock, emit } = run;
  const record = begun(state.get(machine), step, inputs);
  const startedMs = clock.nowMs();
  log.emit({ type: 'step-started', machine, step });
  try {
    await state.set(machine, record);
    await act(log.emit);
    await log.flush();
    await state.set(machine, ended(record, 'done', inputs));
    emit({ type: 'step-done', machine, step, tookMs: clock.nowMs() - startedMs });
    return undefined;
  } catch (error) {
    const shown = run.signal?.aborted ? run.interrupted() : asError(error);
    emit({ type: 'step-failed', machine, step, error: shown });
    await state.set(machine, ended(record, 'failed', inputs)).catch(() => undefined);
    await log.flush();
    return { machine, step, error, log: log.tail() };
  }
};

/** Does some work for each machine at once; what is thrown before any step is a failure as well. */
export const forEach = async (
  machines: readonly string[],
  work: (machine: string) => Promise<Failure | undefined>,
  concurrency = machines.length,
): Promise<Failure[]> => {
  const results = await inParallel(machines, concurrency, work);
  return results.flatMap((result, index) => {
    if (result.status === 'fulfilled') return result.value === undefined ? [] : [result.value];
    return [{ machine: machines[index] ?? '', step: 'look' as const, error: result.reason, log: '' }];
  });
};
