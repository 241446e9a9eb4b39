import type { Clock } from '../host/clock.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { ComputerError, InputError } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import { own } from '../model/own.js';
import type { LabSite, Provider, Snapshots } from '../providers/provider.js';
import { failureOf } from './failures.js';
import { type KeptSnapshot, keep, readKept } from './kept-snapshots.js';
import { forEach } from './take-step.js';

/**
 * Snapshots of a whole lab: every machine's disk at one moment, at which all of them are off (a database that is copied
 * while it writes, or a machine woken with an old clock, is not what anybody wants back). A lab's snapshot exists when the
 * last machine's is there; one that was broken off is never listed, and the same command goes on with it.
 */
export interface SnapshotWork {
  readonly site: LabSite;
  readonly provider: Provider;
  readonly emit: Emit;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
}

/** The snapshot that `up` takes where it is cheap, and that `reset` comes back to. */
export const provisionedName = 'provisioned';

type Place = Pick<SnapshotWork, 'site' | 'provider'>;

export interface LabSnapshot {
  readonly name: string;
  /** Wall clock, ISO 8601. */
  readonly takenAt: string;
  readonly machines: readonly string[];
  /** Those of them that were destroyed since, and their snapshot with them. */
  readonly lacking: readonly string[];
}

/** A name of this form is the same for every provider and every file system. */
export const requireSnapshotName = (name: string): void => {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(name)) return;
  throw new InputError(`${JSON.stringify(name)} can't be the name of a snapshot.`, {
    hint: 'Letters, digits, dots, dashes and underscores, beginning with a letter or digit, 63 at most.',
  });
};

export const snapshotsOf = ({ site, provider }: Place): Snapshots => {
  if (provider.snapshots) return provider.snapshots;
  throw new ComputerError(`Machines of the provider ${site.plan.provider} have no snapshots.`);
};

/** The whole ones, the latest first. */
export const listSnapshots = async (place: Place): Promise<LabSnapshot[]> => {
  const whole = Object.entries(await readKept(place.site.folder)).filter(([, kept]) => kept.whole);
  const all = [...new Set(whole.flatMap(([, kept]) => Object.keys(kept.machines)))];
  const own = new Map(await Promise.all(all.map(async (one) => [one, await snapshotsOf(place).list(one)] as const)));
  const told = whole.map(([name, { takenAt, machines: saved }]) => {
    const machines = Object.keys(saved);
    return { name, takenAt, machines, lacking: machines.filter((machine) => !own.get(machine)?.includes(name)) };
  });
  return told.sort((one, other) => (one.takenAt < other.takenAt ? 1 : -1));
};

/** Removes a snapshot, also one that was broken off. */
export const removeSnapshot = async (place: Place, name: string): Promise<void> => {
  const { folder } = place.site;
  const kept = own(await readKept(folder), name);
  if (kept === undefined) throw await noSuchSnapshot(place, name);
  await keep(folder, name, { ...kept, whole: false });
  const failures = await forEach(Object.keys(kept.machines), async (machine) => {
    await snapshotsOf(place).remove(machine, name);
    return undefined;
  });
  if (failures.length > 0) throw failureOf(failures, Object.keys(kept.machines).length);
  await keep(folder, name, undefined);
};

/** What is kept of a snapshot that can be restored; an InputError says why it can't. */
export const wholeSnapshot = async (place: Place, name: string): Promise<KeptSnapshot> => {
  const found = (await listSnapshots(place)).find((one) => one.name === name);
  const kept = own(await readKept(place.site.folder), name);
  if (found === undefined || kept === undefined) throw await noSuchSnapshot(place, name);
  if (found.lacking.length === 0) return kept;
  throw new InputError(
    `The snapshot ${name} no longer has ${oneOf(found.lacking, 'and')}: it went when the machine was destroyed.`,
    { hint: `quintet snapshot save ${name} takes it anew.` },
  );
};

const noSuchSnapshot = async (place: Place, name: string): Promise<InputError> => {
  if (own(await readKept(place.site.folder), name)?.whole === false) {
    return new InputError(`The snapshot ${name} was broken off while it was taken or removed.`, {
      hint: `quintet snapshot save ${name} takes it anew, quintet snapshot delete ${name} removes what is left of it.`,
    });
  }
  const names = (await listSnapshots(place)).map((one) => one.name);
  const near = didYouMean(name, names);
  const known =
    names.length === 0 ? 'There is none yet: quintet snapshot save NAME.' : `There is ${oneOf(names, 'and')}.`;
  return new InputError(`There is no snapshot called ${name}.`, { hint: near ? `Did you mean ${near}?` : known });
};
