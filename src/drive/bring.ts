import { type Clock, systemClock } from '../host/clock.js';
import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import { ComputerError, InputError, InterruptedError, reasonOf } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { converge, convergencesOf, joinsOthers } from './converge.js';
import { asError, type Failure, failureOf } from './failures.js';
import { keep, readKept } from './kept-snapshots.js';
import { LabState } from './lab-state.js';
import { type Decision, type LifeStep, madeFrom, type Obstacle, obstacle, stepsTo, type Wanted } from './lifecycle.js';
import { inputsOf } from './machine-inputs.js';
import { openLog } from './machine-log.js';
import { provision } from './provision.js';
import { forEach, type Run, takeStep } from './take-step.js';

export interface BringOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many machines are worked on at a time; all when left out. */
  readonly concurrency?: number;
  /** Provision even what has not changed. */
  readonly again?: boolean;
  /** Save machines by this name right after they were provisioned for the first time, where that costs next to nothing. */
  readonly saveAs?: string;
  readonly clock?: Clock;
}

/** What it takes to decide what a machine needs. */
interface Looking extends Pick<Run, 'site' | 'state'>, Pick<BringOptions, 'again'> {
  readonly provider: Provider;
  readonly wanted: Wanted;
}

interface Drive extends Run, Looking, Pick<BringOptions, 'concurrency' | 'saveAs'> {
  /** The machines that were saved on the way. */
  readonly saved: Set<string>;
  /** Those that were provisioned for the first time and are whole only together with others. */
  readonly first: Set<string>;
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
  const run: Run = { clock: systemClock, ...options, site, emit, state, interrupted: () => interrupted(wanted) };
  const drive: Drive = { ...run, ...options, clock: run.clock, provider, wanted, saved: new Set(), first: new Set() };
  const names = machines.length > 0 ? machines : everyMachine(drive);
  await refuseObstacles(drive, names);
  if (wanted === 'running' || wanted === 'provisioned') await prepare(drive);
  const together = bringTogether(drive, names);
  const one = async (machine: string) => {
    const failure = await bringOne(drive, machine);
    if (failure === undefined) together.arrived(machine);
    return failure;
  };
  const failures = await forEach(names, one, drive.concurrency);
  failures.push(...(await together.ended()));
  if (failures.length === 0 && !options.signal?.aborted) await saveAllFirst(drive);
  await keepSaved(drive);
  const whole = wanted === 'absent' && machines.length === 0;
  const remaining = whole && !options.signal?.aborted ? await clear(drive) : undefined;
  if (options.signal?.aborted) throw drive.interrupted();
  if (failures.length > 0) throw failureOf(failures, names.length);
  if (remaining !== undefined) throw remaining;
};

/**
 * What machines can only become together, once each is what it shall be by itself: all of them, or, where that is enough, those that belong
 * together, while others are still on their way. What some can't decide without others that nobody named is no failure of theirs.
 */
const bringTogether = (drive: Drive, names: readonly string[]) => {
  const { wanted, site } = drive;
  const all = wanted === 'absent' || wanted === 'stopped' ? [] : convergencesOf(site.plan);
  const waiting = all.flatMap((convergence) => {
    const own = convergence.machines(site.plan).filter((name) => names.includes(name));
    return own.length === 0 ? [] : [{ convergence, missing: new Set(convergence.early ? own : names) }];
  });
  const begun: Promise<readonly Failure[]>[] = [];
  return {
    arrived: (machine: string): void => {
      if (drive.signal?.aborted) return;
      for (const { convergence, missing } of waiting) {
        if (!missing.delete(machine) || missing.size > 0) continue;
        const joined = converge(drive, convergence, names);
        // What it throws is thrown where it is waited for.
        joined.catch(() => undefined);
        begun.push(joined);
      }
    },
    ended: async (): Promise<readonly Failure[]> => (await Promise.all(begun)).flat(),
  };
};

/** Only whole machines are saved: a snapshot of one that waits for others is worth nothing. */
const saveAllFirst = async (drive: Drive): Promise<void> => {
  await Promise.all([...drive.first].map((machine) => saveFirst(drive, machine)));
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
export const refuseObstacles = async (drive: Looking, names: readonly string[]): Promise<void> => {
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
const obstacleOf = async (drive: Looking, machine: string): Promise<Obstacle | undefined> => {
  const decision = await look(drive, machine).catch(() => undefined);
  return decision && obstacle(decision);
};

const prepare = async (drive: Drive): Promise<void> => {
  const { provider, signal, site, emit, clock } = drive;
  const log = openLog(site.folder, 'lab', emit, () => clock.wallClock());
  try {
    await provider.prepare(log.emit, signal);
  } catch (error) {
    throw signal?.aborted ? drive.interrupted() : error;
  } finally {
    await log.flush();
  }
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
    const act = (emit: Emit) => actions[step](drive, machine, emit);
    const isFirst = step === 'provision' && drive.state.get(machine)?.fresh === true;
    const failure = await takeStep(drive, { machine, step, inputs: decision.inputs, act }, log);
    if (failure) return failure;
    if (isFirst && joinsOthers(drive.site.plan, machine)) drive.first.add(machine);
    else if (isFirst) await saveFirst(drive, machine);
  }
  return undefined;
};

const notSaved = (name: string, error: unknown): string =>
  `The snapshot ${name} was not saved (${reasonOf(error, '')}): quintet reset will build the lab anew.`;

/** While others are still being provisioned. Nothing is worth failing for that is already up. */
const saveFirst = async ({ provider, saveAs, saved, emit }: Drive, machine: string): Promise<void> => {
  if (saveAs === undefined || provider.snapshots?.saveRunning === undefined) return;
  try {
    await provider.snapshots.saveRunning(machine, saveAs);
    saved.add(machine);
  } catch (error) {
    emit({ type: 'note', text: notSaved(saveAs, error) });
  }
};

/** Those that were saved earlier are still what they were. */
const keepSaved = async ({ site, saveAs, saved, state, clock, emit }: Drive): Promise<void> => {
  if (saveAs === undefined || saved.size === 0) return;
  try {
    const former = (await readKept(site.folder))[saveAs];
    const own = [...saved].map((machine) => {
      const provisionedWith = state.get(machine)?.provisionedWith;
      return [machine, { running: true, ...(provisionedWith === undefined ? {} : { provisionedWith }) }] as const;
    });
    const machines = { ...(former?.whole ? former.machines : {}), ...Object.fromEntries(own) };
    await keep(site.folder, saveAs, { takenAt: clock.wallClock(), whole: true, machines });
  } catch (error) {
    emit({ type: 'note', text: notSaved(saveAs, error) });
  }
};

/** What is to be destroyed is not looked at first: a machine too broken to be looked at must go as well. */
const look = async ({ provider, site, state, wanted, again = false }: Looking, machine: string): Promise<Decision> => ({
  observed: wanted === 'absent' ? 'absent' : await provider.state(machine),
  record: state.get(machine),
  inputs: await inputsOf(site, machine, wanted === 'provisioned'),
  wanted,
  again,
});

type Action = (drive: Drive, machine: string, emit: Emit) => Promise<void>;

const actions: Readonly<Record<LifeStep, Action>> = {
  create: ({ provider, signal }, machine, emit) => provider.create(machine, emit, signal),
  start: ({ provider, signal }, machine, emit) => provider.start(machine, emit, signal),
  provision: ({ site, provider, signal }, machine, emit) => provision(site, provider, machine, emit, signal),
  stop: ({ provider, signal }, machine, emit) => provider.stop(machine, emit, signal),
  destroy: ({ provider, signal }, machine, emit) => provider.destroy(machine, emit, signal),
};

/** Removes what belongs to the lab as a whole and looks whether anything of it is still there. */
const clear = async ({ site, provider, emit }: Drive): Promise<unknown> => {
  try {
    await provider.cleanUp(emit);
    labDoor(site.folder).remove(labPaths.snapshots);
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

const goesOn: Readonly<Record<Wanted, string>> = {
  absent: 'quintet destroy goes on where it stopped.',
  stopped: 'quintet halt goes on where it stopped; quintet up starts the machines again.',
  running: 'quintet up goes on where it stopped; quintet destroy removes what is there.',
  provisioned: 'quintet up goes on where it stopped; quintet destroy removes what is there.',
};

const interrupted = (wanted: Wanted): InterruptedError =>
  new InterruptedError('Interrupted.', { hint: goesOn[wanted] });
