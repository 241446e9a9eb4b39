import { type Clock, systemClock } from '../host/clock.js';
import { ComputerError, InputError, InterruptedError } from '../model/errors.js';
import type { Emit, Step } from '../model/events.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { type Failure, failureOf } from './failures.js';
import { inParallel } from './in-parallel.js';
import { LabState } from './lab-state.js';
import { begun, type Decision, ended, madeFrom, type Obstacle, obstacle, stepsTo, type Wanted } from './lifecycle.js';
import { inputsOf } from './machine-inputs.js';
import { type MachineLog, openLog } from './machine-log.js';
import { provision } from './provision.js';

export interface BringOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many machines are worked on at a time; all when left out. */
  readonly concurrency?: number;
  /** Provision even what has not changed. */
  readonly again?: boolean;
  readonly clock?: Clock;
}

interface Drive extends BringOptions {
  readonly site: LabSite;
  readonly provider: Provider;
  readonly wanted: Wanted;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly state: LabState;
}

/**
 * Brings machines from whatever state they are in to the wanted one, all at once, and remembers every step, so that it
 * can be run again after any end. One machine's failure stops no other. `machines` names some; left empty it means all of
 * the lab, and for `absent` also everything the provider made for the lab as a whole.
 * Throws one error for all failures, or an InterruptedError when `signal` fired.
 */
export const bring = async (
  site: LabSite,
  provider: Provider,
  wanted: Wanted,
  machines: readonly string[],
  emit: Emit,
  options: BringOptions = {},
): Promise<void> => {
  const state = await LabState.of(site.folder);
  const drive: Drive = { clock: systemClock, ...options, site, provider, wanted, emit, state };
  const names = machines.length > 0 ? machines : everyMachine(drive);
  await refuseObstacles(drive, names);
  if (wanted === 'running' || wanted === 'provisioned') await prepare(drive);
  const failures = await bringEach(drive, names);
  const whole = wanted === 'absent' && machines.length === 0;
  const remaining = whole && !options.signal?.aborted ? await clear(drive) : undefined;
  if (options.signal?.aborted) throw interrupted(wanted);
  if (failures.length > 0) throw failureOf(failures, names.length);
  if (remaining !== undefined) throw remaining;
};

/** Those of the lab, and to destroy also those that a former lab.yaml had. */
const everyMachine = ({ site, state, wanted, emit }: Drive): readonly string[] => {
  const planned = site.plan.machines.map(({ name }) => name);
  const former = state.machines.filter((name) => !planned.includes(name));
  if (wanted === 'absent') return [...planned, ...former];
  if (former.length > 0) {
    const text = `No longer in lab.yaml, but still there: ${former.join(', ')}. quintet destroy removes them as well.`;
    emit({ type: 'note', text });
  }
  return planned;
};

/** Before anything is touched: a machine that only its destruction can change is the user's to decide about. */
const refuseObstacles = async (drive: Drive, names: readonly string[]): Promise<void> => {
  const { site, state } = drive;
  const now = madeFrom(site.plan);
  const suspects = names.filter((name) => (state.get(name)?.madeFrom ?? now) !== now);
  const found = await Promise.all(suspects.map(async (name) => [name, await obstacleOf(drive, name)] as const));
  const obstacles = found.flatMap(([name, what]) => (what === undefined ? [] : [{ name, ...what }]));
  const [first] = obstacles;
  if (first === undefined) return;
  throw new InputError(obstacles.map(({ name, why }) => `${name} ${why}.`).join('\n'), { hint: first.hint });
};

/** A machine that can't even be looked at says so later, as a failure of its own. */
const obstacleOf = async (drive: Drive, machine: string): Promise<Obstacle | undefined> => {
  const decision = await look(drive, machine).catch(() => undefined);
  return decision && obstacle(decision);
};

const prepare = async (drive: Drive): Promise<void> => {
  const { provider, signal, site, emit, clock } = drive;
  const log = openLog(site.folder, 'lab', emit, () => clock.wallClock());
  try {
    await provider.prepare(log.emit, signal);
  } catch (error) {
    throw signal?.aborted ? interrupted(drive.wanted) : error;
  } finally {
    await log.flush();
  }
};

const bringEach = async (drive: Drive, names: readonly string[]): Promise<readonly Failure[]> => {
  const results = await inParallel(names, drive.concurrency ?? names.length, (machine) => bringOne(drive, machine));
  return results.flatMap((result, index) => {
    if (result.status === 'fulfilled') return result.value === undefined ? [] : [result.value];
    return [{ machine: names[index] ?? '', step: 'look' as const, error: result.reason, log: '' }];
  });
};

/** One machine's way: look, decide, then step after step until one fails. */
const bringOne = async (drive: Drive, machine: string): Promise<Failure | undefined> => {
  const log = openLog(drive.site.folder, machine, drive.emit, () => drive.clock.wallClock());
  const decision = await look(drive, machine).catch((error: unknown) => {
    drive.emit({ type: 'step-failed', machine, step: 'look', error: asError(error) });
    throw error;
  });
  for (const step of stepsTo(decision)) {
    if (drive.signal?.aborted) return undefined;
    const failure = await takeStep(drive, machine, step, decision, log);
    if (failure) return failure;
  }
  return undefined;
};

/** What is to be destroyed is not looked at first: a machine too broken to be looked at must go as well. */
const look = async ({ provider, site, state, wanted, again = false }: Drive, machine: string): Promise<Decision> => ({
  observed: wanted === 'absent' ? 'absent' : await provider.state(machine),
  record: state.get(machine),
  inputs: await inputsOf(site, machine, wanted === 'provisioned'),
  wanted,
  again,
});

/** The record is on disk before a step begins and after it ended, however it ended. */
const takeStep = async (
  drive: Drive,
  machine: string,
  step: Step,
  { inputs }: Decision,
  log: MachineLog,
): Promise<Failure | undefined> => {
  const { state, clock, emit } = drive;
  const record = begun(state.get(machine), step, inputs);
  const startedMs = clock.nowMs();
  log.begin(step);
  emit({ type: 'step-started', machine, step });
  try {
    await state.set(machine, record);
    await actions[step](drive, machine, log.emit);
    await log.flush();
    await state.set(machine, ended(record, 'done', inputs));
    emit({ type: 'step-done', machine, step, tookMs: clock.nowMs() - startedMs });
    return undefined;
  } catch (error) {
    const shown = drive.signal?.aborted ? interrupted(drive.wanted) : asError(error);
    emit({ type: 'step-failed', machine, step, error: shown });
    await state.set(machine, ended(record, 'failed', inputs)).catch(() => undefined);
    await log.flush();
    return { machine, step, error, log: log.tail() };
  }
};

type Action = (drive: Drive, machine: string, emit: Emit) => Promise<void>;

const actions: Readonly<Record<Step, Action>> = {
  create: ({ provider, signal }, machine, emit) => provider.create(machine, emit, signal),
  start: ({ provider, signal }, machine, emit) => provider.start(machine, emit, signal),
  provision: ({ site, provider, signal }, machine, emit) => provision(site, provider, machine, emit, signal),
  stop: ({ provider, signal }, machine, emit) => provider.stop(machine, emit, signal),
  destroy: ({ provider, signal }, machine, emit) => provider.destroy(machine, emit, signal),
};

/** Removes what belongs to the lab as a whole and looks whether anything of it is still there. */
const clear = async ({ provider, emit }: Drive): Promise<unknown> => {
  try {
    await provider.cleanUp(emit);
    const left = await provider.leftovers();
    if (left.length === 0) return undefined;
    return new ComputerError(
      `Something of the lab is still on this computer:\n${left.map((line) => `  ${line}`).join('\n')}`,
      {
        hint: 'Run quintet destroy once more; what then remains must be removed by hand.',
      },
    );
  } catch (error) {
    return error;
  }
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const interrupted = (wanted: Wanted): InterruptedError =>
  new InterruptedError('Interrupted.', {
    hint:
      wanted === 'absent'
        ? 'quintet destroy goes on where it stopped.'
        : 'quintet up goes on where it stopped; quintet destroy removes what is there.',
  });
