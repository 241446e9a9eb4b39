import { lookup } from 'node:dns/promises';
import { readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { moveTo, namesIn } from '../../host/files.js';
import { withLock } from '../../host/lock.js';
import { reasonOf } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { baseKey, groundOf, liesOn, type Recipe } from './base-recipe.js';
import { recipesOf } from './bases.js';
import { distributionOf } from './distributions.js';
import { basesFolder, folderAt, labsFolder } from './names.js';
import { removeFolder } from './remove.js';

/**
 * A base is a system of the day it was built: what its packages were mended of since, machines on it lack. One that is old is built
 * anew, where there is a network and no machine rests on it; otherwise whoever brings a lab up is told.
 */
export const mostDays = 30;

const dayMs = 86_400_000;

/** Where bases and labs lie, and whether there is a network; tests bring their own. */
export interface World {
  readonly bases: string;
  readonly labs: string;
  isReachable(recipe: Recipe): Promise<boolean>;
}

/** Days since the packages of a base were last touched, which a bundle keeps too. Undefined when it is not there. */
export const ageOf = async (key: string, bases = basesFolder()): Promise<number | undefined> =>
  stat(join(bases, key, 'var/lib/dpkg/status')).then(
    ({ mtimeMs }) => Math.floor((Date.now() - mtimeMs) / dayMs),
    () => undefined,
  );

/** What a lab's machines rest on in the end: what they share. */
const groundsOf = (site: Pick<LabSite, 'plan'>): Recipe[] => {
  const grounds = recipesOf(site).map(groundOf);
  return [...new Map(grounds.map((recipe) => [baseKey(recipe), recipe])).values()];
};

/** The bases that the machines of all labs rest on. */
const usedBases = async ({ labs }: World): Promise<Set<string>> => {
  const used = await Promise.all(
    (await namesIn(labs)).map(async (lab) => {
      const machines = join(labs, lab, 'machines');
      const names = await namesIn(machines).catch(() => []);
      return Promise.all(names.map((name) => readlink(folderAt(join(machines, name)).base).catch(() => '')));
    }),
  );
  return new Set(used.flat().map((path) => basename(path)));
};

const isFamily = (key: string) => (name: string) => name === key || liesOn(name, key);

const isReachable = async (recipe: Recipe): Promise<boolean> => {
  const { hostname } = new URL(distributionOf(recipe.system).mirror);
  const found = lookup(hostname).then(
    () => true,
    () => false,
  );
  return Promise.race([found, delay(2000, false, { ref: false })]);
};

const aged = (name: string): string => `.aged-${name}`;

/** Also after a renewal that was killed: the new one stays where it is whole, else the old one comes back. */
const settle = async (key: string, { bases }: World): Promise<void> => {
  const names = await namesIn(bases);
  const isNew = names.includes(key);
  for (const name of names.filter((each) => each.startsWith('.aged-') && isFamily(key)(each.slice('.aged-'.length)))) {
    if (isNew) await removeFolder(join(bases, name));
    else await moveTo(join(bases, name), join(bases, name.slice('.aged-'.length)));
  }
};

const renew = async (key: string, build: () => Promise<void>, emit: Emit, world: World): Promise<void> => {
  const { bases } = world;
  // What lies below goes last: nobody ever finds a layer without it.
  const family = (await namesIn(bases)).filter(isFamily(key)).sort((one, other) => other.length - one.length);
  for (const name of family) await moveTo(join(bases, name), join(bases, aged(name)));
  try {
    await build();
  } catch (error) {
    if ((await ageOf(key, bases)) !== undefined) throw error;
    emit({ type: 'note', text: `It could not be renewed, and stays as it is: ${reasonOf(error as Error, '')}` });
  } finally {
    await settle(key, world);
  }
};

const thisComputer = (): World => ({ bases: basesFolder(), labs: labsFolder, isReachable });

/** Does what is to be done about the age of a lab's bases; `build` builds those that are not there. */
export const renewBases = async (
  site: Pick<LabSite, 'plan'>,
  build: () => Promise<void>,
  emit: Emit,
  signal?: AbortSignal,
  world = thisComputer(),
): Promise<void> => {
  for (const recipe of groundsOf(site)) {
    const key = baseKey(recipe);
    await withLock(`renew-${key}`, { wait: true, ...(signal ? { signal } : {}) }, async () => {
      await settle(key, world);
      const days = (await ageOf(key, world.bases)) ?? 0;
      if (days <= mostDays) return;
      const note = (text: string) => emit({ type: 'note', text });
      const old = `The machines' system was built ${days} days ago and lacks what was mended since`;
      if ([...(await usedBases(world))].some(isFamily(key)))
        return note(`${old}. Machines rest on it: once they are destroyed, quintet up renews it.`);
      if (!(await world.isReachable(recipe))) return note(`${old}. With a network, quintet up renews it.`);
      note(`${old}: it is built anew.`);
      await renew(key, build, emit, world);
    });
  }
};
