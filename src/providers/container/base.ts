import { basename, dirname, join } from 'node:path';
import { ensureDir, exists, moveTo, namesIn } from '../../host/files.js';
import { withLock } from '../../host/lock.js';
import type { Emit, LabEvent } from '../../model/events.js';
import { baseKey, buildFiles, groundOf, layersOf, liesOn, listsFolder, type Recipe } from './base-recipe.js';
import { distributionOf } from './distributions.js';
import { basesFolder } from './names.js';
import { removeFolder } from './remove.js';
import { step } from './step.js';
import { growLayer, growTree, type Purpose, requireSpace, requireSystem } from './tree.js';

const purposeOf = ({ system, below }: Recipe): Purpose => ({
  title: `${distributionOf(system).title} base`,
  folder: basesFolder(),
  neededBytes: below === undefined ? 1.5e9 : 0.8e9,
  afterwards: 'It is needed this once: the base is kept, and building labs then works offline.',
});

export const basePath = (recipe: Recipe): string => join(basesFolder(), baseKey(recipe));

/** The folders that are a base together, the topmost first. */
export const foldersOf = (base: string): string[] => layersOf(basename(base)).map((key) => join(dirname(base), key));

export const baseExists = async (base: string): Promise<boolean> => {
  for (const folder of foldersOf(base)) if (!(await exists(folder))) return false;
  return true;
};

/**
 * What a build that was killed left behind, and layers that have lost what they lie on: on another build of that they would be
 * a mixture of two. Only called by whoever holds the base's lock.
 */
const sweep = async (key: string): Promise<void> => {
  const stale = (await namesIn(basesFolder())).filter(
    (name) => name.startsWith(`.building-${key}-`) || liesOn(name, key),
  );
  for (const name of stale) await removeFolder(join(basesFolder(), name));
};

/** Lists of packages from the build of a base, for its layers. */
const listsOf = (recipe: Recipe): string => join(basesFolder(), `.lists-${baseKey(recipe)}`);

/** They are soon too old to be of use. */
export const forgetLists = (recipe: Recipe): Promise<void> => removeFolder(listsOf(recipe));

const keepLists = async (recipe: Recipe, folder: string): Promise<void> => {
  await forgetLists(recipe);
  const lists = join(folder, listsFolder);
  if (await exists(lists)) await moveTo(lists, listsOf(recipe));
};

const grow = (recipe: Recipe, folder: string, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const { system, include = [], below } = recipe;
  const order = { purpose: purposeOf(recipe), system, include, files: buildFiles(recipe), folder };
  if (below === undefined) return growTree(order, emit, signal);
  const ground = { folders: foldersOf(basePath(below)), lists: listsOf(groundOf(below)) };
  return growLayer(order, ground, emit, signal);
};

const build = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<void> => {
  await requireSystem(recipe.system);
  const key = baseKey(recipe);
  await sweep(key);
  await requireSpace(purposeOf(recipe));
  const folder = join(basesFolder(), `.building-${key}-${process.pid}`);
  await ensureDir(folder, 0o700);
  try {
    const grown = await grow(recipe, folder, emit, signal);
    if (recipe.below === undefined) await keepLists(recipe, folder);
    await moveTo(grown, basePath(recipe));
  } finally {
    await removeFolder(folder);
  }
};

/** What is built, for people: `Debian 13 base`, `Debian 13 base with mysql-server`. */
const titleOf = ({ system, adds }: Recipe): string => {
  const { title } = distributionOf(system);
  return adds === undefined ? `${title} base` : `${title} base with ${adds}`;
};

const once = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const path = basePath(recipe);
  if (await baseExists(path)) return path;
  if (recipe.below !== undefined) await ensureBase(recipe.below, emit, signal);
  await ensureDir(basesFolder(), 0o700);
  const onWait = (holder: string) => emit({ type: 'note', text: `Waiting for ${holder}, which builds the same base.` });
  const name = `base-${baseKey(recipe).replaceAll('+', '-')}`;
  await withLock(name, { wait: true, onWait, ...(signal ? { signal } : {}) }, async () => {
    if (await exists(path)) return;
    const words = recipe.below === undefined ? 'once, about half a minute' : 'once';
    await step(emit, `build the ${titleOf(recipe)} (${words})`, () => build(recipe, emit, signal));
  });
  return path;
};

/** A build of this process, with all who wait for it. */
interface UnderWay {
  readonly built: Promise<string>;
  readonly listeners: Set<Emit>;
  readonly begun: LabEvent[];
}

const underWay = new Map<string, UnderWay>();

const begin = (recipe: Recipe, signal?: AbortSignal): UnderWay => {
  const key = baseKey(recipe);
  const listeners = new Set<Emit>();
  const begun: LabEvent[] = [];
  const tell: Emit = (event) => {
    if (event.type === 'step-started') begun.push(event);
    for (const listen of listeners) listen(event);
  };
  const built = once(recipe, tell, signal).finally(() => underWay.delete(key));
  const started = { built, listeners, begun };
  underWay.set(key, started);
  return started;
};

/**
 * Builds the base unless it is there, and first what it lies on; two who need the same one at once build it once, in this
 * process or in several. Returns its path.
 */
export const ensureBase = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const joined = underWay.get(baseKey(recipe));
  const { built, listeners, begun } = joined ?? begin(recipe, signal);
  for (const event of begun) emit(event);
  listeners.add(emit);
  try {
    return await built;
  } finally {
    listeners.delete(emit);
  }
};
