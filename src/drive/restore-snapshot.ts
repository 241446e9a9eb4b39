import { own } from '../model/own.js';
import { assertStartable, bringAll, existing, stepEach, thatRan } from './snapshot-steps.js';
import { type SnapshotWork, snapshotsOf, wholeSnapshot } from './snapshots.js';

export interface RestoreOptions {
  /** Start also those that were off when they were saved. */
  readonly startAll?: boolean;
}

/** Cuts every machine's power, puts its disk back, and switches those on that ran when they were saved. */
export const restoreSnapshot = async (
  work: SnapshotWork,
  name: string,
  { startAll = false }: RestoreOptions = {},
): Promise<void> => {
  const { site, provider, emit, signal } = work;
  const kept = await wholeSnapshot(work, name);
  const planned = new Set(site.plan.machines.map((machine) => machine.name));
  const machines = Object.keys(kept.machines).filter((machine) => planned.has(machine));
  await assertStartable(work, machines);
  await noteOthers(work, machines);
  await Promise.all(machines.map((machine) => snapshotsOf(work).assertRestorable?.(machine, name)));
  const switchOff = provider.faults.cutPower ?? ((machine: string) => provider.stop(machine, emit, signal));
  const { failed, error } = await stepEach(work, machines, {
    step: 'restore',
    act: async (machine) => {
      await switchOff(machine);
      await snapshotsOf(work).restore(machine, name);
    },
    provisionedWith: (machine) => own(kept.machines, machine)?.provisionedWith,
  });
  const wanted = startAll ? machines : thatRan(kept).filter((machine) => planned.has(machine));
  const restored = wanted.filter((machine) => !failed.includes(machine));
  await bringAll(work, 'running', restored);
  if (error !== undefined) throw error;
};

const noteOthers = async (work: SnapshotWork, machines: readonly string[]): Promise<void> => {
  const others = [...(await existing(work)).keys()].filter((machine) => !machines.includes(machine));
  if (others.length === 0) return;
  work.emit({ type: 'note', text: `Not in the snapshot, so left as it is: ${others.join(', ')}.` });
};
