import { systemClock } from '../host/clock.js';
import { InterruptedError } from '../model/errors.js';
import type { MachineState } from '../providers/provider.js';
import { bring, refuseObstacles } from './bring.js';
import { failureOf } from './failures.js';
import type { KeptSnapshot } from './kept-snapshots.js';
import { LabState } from './lab-state.js';
import { inputsOf } from './machine-inputs.js';
import { openLog } from './machine-log.js';
import type { SnapshotWork } from './snapshots.js';
import { forEach, takeStep } from './take-step.js';

/** Machines of the lab that exist, and what they are. */
export const existing = async ({ site, provider }: SnapshotWork): Promise<Map<string, MachineState>> => {
  const names = site.plan.machines.map(({ name }) => name);
  const states = await Promise.all(names.map(async (name) => [name, await provider.state(name)] as const));
  return new Map(states.filter(([, state]) => state !== 'absent'));
};

/** Nothing is switched off that could not be switched on again. */
export const assertStartable = async ({ site, provider }: SnapshotWork, machines: readonly string[]): Promise<void> =>
  refuseObstacles({ site, provider, state: await LabState.of(site.folder), wanted: 'running' }, machines);

export interface SnapshotStep {
  readonly step: 'save' | 'restore';
  readonly act: (machine: string) => Promise<void>;
  /** What each machine is provisioned with afterwards, where the step decides that. */
  readonly provisionedWith?: (machine: string) => string | undefined;
}

/** Takes one step with all machines at once, recorded and logged like those of their life. Returns those it failed with. */
export const stepEach = async (
  work: SnapshotWork,
  machines: readonly string[],
  { step, act, provisionedWith }: SnapshotStep,
): Promise<{ readonly failed: readonly string[]; readonly error: unknown }> => {
  const { site, emit, signal, clock = systemClock } = work;
  const run = { site, emit, clock, state: await LabState.of(site.folder), signal, interrupted };
  const failures = await forEach(machines, async (machine) => {
    if (signal?.aborted) return undefined;
    const log = openLog(site.folder, machine, emit, () => clock.wallClock());
    const files = provisionedWith?.(machine);
    const inputs = { ...(await inputsOf(site, machine, false)), ...(files === undefined ? {} : { files }) };
    return takeStep(run, { machine, step, inputs, act: () => act(machine) }, log);
  });
  const error = signal?.aborted ? interrupted() : failureOf(failures, machines.length);
  return { failed: failures.map(({ machine }) => machine), error };
};

export const bringAll = async (
  { site, provider, emit, signal, clock }: SnapshotWork,
  wanted: 'stopped' | 'running',
  machines: readonly string[],
): Promise<void> => {
  if (signal?.aborted) throw interrupted();
  // No names would mean all of them.
  if (machines.length === 0) return;
  await bring(site, provider, wanted, machines, emit, { signal, ...(clock ? { clock } : {}) });
};

export const thatRan = ({ machines }: KeptSnapshot): string[] =>
  Object.entries(machines).flatMap(([machine, saved]) => (saved.running ? [machine] : []));

const interrupted = () =>
  new InterruptedError('Interrupted; machines may be off.', {
    hint: 'The same command goes on where it stopped; quintet up starts the machines as they are.',
  });
