import { systemClock } from '../host/clock.js';
import { InputError } from '../model/errors.js';
import { own } from '../model/own.js';
import type { MachineState } from '../providers/provider.js';
import { type KeptSnapshot, keep, readKept } from './kept-snapshots.js';
import { LabState } from './lab-state.js';
import { isOn } from './lifecycle.js';
import { assertStartable, bringAll, existing, stepEach, thatRan } from './snapshot-steps.js';
import { removeSnapshot, requireSnapshotName, type SnapshotWork, snapshotsOf } from './snapshots.js';

/** Switches the machines off, saves their disks, and switches those on again that ran. Replaces one of the same name. */
export const saveSnapshot = async (work: SnapshotWork, name: string): Promise<void> => {
  requireSnapshotName(name);
  snapshotsOf(work);
  const states = await existing(work);
  const machines = [...states.keys()];
  if (machines.length === 0) throw new InputError('There is no machine to save.', { hint: 'quintet up builds them.' });
  await assertStartable(work, machines);
  const begun = await begin(work, name, states);
  await sweep(work, name);
  const error = await saveAll(work, name, begun);
  await bringAll(work, 'running', thatRan(begun));
  if (error !== undefined) throw error;
};

/**
 * Writes down that a snapshot is begun, and who ran. One that was broken off, or a Quintet that was killed before it started
 * the machines again, has left machines off that are to run.
 */
const begin = async (
  { site, clock = systemClock }: SnapshotWork,
  name: string,
  states: ReadonlyMap<string, MachineState>,
): Promise<KeptSnapshot> => {
  const records = await LabState.of(site.folder);
  const former = own(await readKept(site.folder), name);
  const ran = (machine: string) => {
    const { step, result } = records.get(machine) ?? {};
    const brokenOff = former?.whole === false || step === 'save' || (step === 'start' && result === 'begun');
    return brokenOff && own(former?.machines ?? {}, machine)?.running === true;
  };
  const saved = [...states].map(([machine, state]) => {
    const provisionedWith = records.get(machine)?.provisionedWith;
    const known = provisionedWith === undefined ? {} : { provisionedWith };
    return [machine, { running: isOn(state) || ran(machine), ...known }] as const;
  });
  const begun = { takenAt: clock.wallClock(), whole: false, machines: Object.fromEntries(saved) };
  await keep(site.folder, name, begun);
  return begun;
};

/** Other snapshots that were broken off are of no use to anybody. */
const sweep = async (work: SnapshotWork, name: string): Promise<void> => {
  const others = Object.entries(await readKept(work.site.folder)).filter(
    ([other, one]) => !one.whole && other !== name,
  );
  for (const [other] of others) await removeSnapshot(work, other);
};

/** What went wrong, when something did: the machines are started again all the same. */
const saveAll = async (work: SnapshotWork, name: string, begun: KeptSnapshot): Promise<unknown> => {
  const machines = Object.keys(begun.machines);
  try {
    await bringAll(work, 'stopped', machines);
    const act = (machine: string) => snapshotsOf(work).save(machine, name);
    const { error } = await stepEach(work, machines, { step: 'save', act });
    if (error === undefined) await keep(work.site.folder, name, { ...begun, whole: true });
    return error;
  } catch (error) {
    return error;
  }
};
