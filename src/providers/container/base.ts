import { join } from 'node:path';
import { ensureDir, exists, moveTo, namesIn } from '../../host/files.js';
import { withLock } from '../../host/lock.js';
import type { Emit } from '../../model/events.js';
import { baseKey, buildFiles, distributionOf, type Recipe } from './base-recipe.js';
import { basesFolder } from './names.js';
import { removeFolder } from './remove.js';
import { step } from './step.js';
import { growTree, type Purpose, requireSpace, requireSystem } from './tree.js';

const purposeOf = ({ system }: Recipe): Purpose => ({
  title: `${distributionOf(system).title} base`,
  folder: basesFolder,
  neededBytes: 1.5e9,
  afterwards: 'It is needed this once: the base is kept, and building labs then works offline.',
});

export const basePath = (recipe: Recipe): string => join(basesFolder, baseKey(recipe));

/** What a build that was killed left behind; only called by whoever holds the base's lock. */
const sweep = async (key: string): Promise<void> => {
  const stale = (await namesIn(basesFolder)).filter((name) => name.startsWith(`.building-${key}-`));
  for (const name of stale) await removeFolder(join(basesFolder, name));
};

const build = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<void> => {
  await requireSystem(recipe.system);
  const key = baseKey(recipe);
  await sweep(key);
  const purpose = purposeOf(recipe);
  await requireSpace(purpose);
  const folder = join(basesFolder, `.building-${key}-${process.pid}`);
  await ensureDir(folder, 0o700);
  try {
    const order = { purpose, system: recipe.system, files: buildFiles(recipe), folder };
    await moveTo(await growTree(order, emit, signal), basePath(recipe));
  } finally {
    await removeFolder(folder);
  }
};

/** Builds the base unless it is there; two who need the same one at once build it once. Returns its path. */
export const ensureBase = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const path = basePath(recipe);
  if (await exists(path)) return path;
  await ensureDir(basesFolder, 0o755);
  const { title } = distributionOf(recipe.system);
  const onWait = (holder: string) => emit({ type: 'note', text: `Waiting for ${holder}, which builds the same base.` });
  await withLock(`base-${baseKey(recipe)}`, { wait: true, onWait, ...(signal ? { signal } : {}) }, async () => {
    if (await exists(path)) return;
    await step(emit, `build the ${title} base (once, about a minute)`, () => build(recipe, emit, signal));
  });
  return path;
};
