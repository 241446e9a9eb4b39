import { join } from 'node:path';
import { must, run } from '../../host/command.js';
import { ensureDir } from '../../host/files.js';
import type { Plan } from '../../model/plan.js';
import { basePath } from '../../providers/container/base.js';
import { baseKey, distributionOf } from '../../providers/container/base-recipe.js';
import { recipeOf } from '../../providers/container/container.js';
import type { BundledBase } from '../../render/bundle.js';

/** Packing a base takes 9 s with zstd and 12 s (and a quarter more room) with gzip, and gzip is everywhere. */
const packers = [
  { program: 'zstd', command: 'zstd -6 -T0', ending: 'zst' },
  { program: 'gzip', command: 'gzip -3', ending: 'gz' },
] as const;

/** The one that this computer has. */
export const packer = async (): Promise<(typeof packers)[number]> => {
  const found = await run(['zstd', '--version']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  return found ? packers[0] : packers[1];
};

export const unpackedBytes = async (plan: Plan): Promise<number> => {
  const words = await must(['du', '--summarize', '--block-size=1', '--', basePath(recipeOf({ plan }))]);
  return Number.parseInt(words, 10);
};

/** One file of a base that is there, with owners, rights and capabilities as they are. */
export const packBase = async (plan: Plan, folder: string, signal: AbortSignal): Promise<BundledBase> => {
  const recipe = recipeOf({ plan });
  const { command, ending } = await packer();
  const file = `base/${baseKey(recipe)}.tar.${ending}`;
  await ensureDir(join(folder, 'base'));
  const argv = ['tar', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--acls', '--sort=name'];
  const from = ['--directory', basePath(recipe), '--create', '.'];
  await must([...argv, `--use-compress-program=${command}`, '--file', join(folder, file), ...from], { signal });
  return { key: baseKey(recipe), title: distributionOf(recipe.system).title, file, bytes: await unpackedBytes(plan) };
};
