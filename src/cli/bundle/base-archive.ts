import { join } from 'node:path';
import { must, run } from '../../host/command.js';
import { ensureDir } from '../../host/files.js';
import type { Plan } from '../../model/plan.js';
import { baseKey, layersOf } from '../../providers/container/base-recipe.js';
import { recipesOf } from '../../providers/container/bases.js';
import { distributionOf } from '../../providers/container/distributions.js';
import { basesFolder } from '../../providers/container/names.js';
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

/** The names of all that a lab's machines are made of: what lies below comes before what lies on it. */
const keysOf = (plan: Plan): string[] => {
  const all = recipesOf({ plan }).flatMap((recipe) => layersOf(baseKey(recipe)));
  return [...new Set(all)].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
};

export const unpackedBytes = async (plan: Plan): Promise<number> => {
  const folders = keysOf(plan).map((key) => join(basesFolder(), key));
  const words = await must(['du', '--summarize', '--total', '--block-size=1', '--', ...folders]);
  return Number.parseInt(words.trim().split('\n').at(-1) ?? '', 10);
};

/** One file of the bases that are there, with owners, rights and capabilities as they are. */
export const packBase = async (plan: Plan, folder: string, signal: AbortSignal): Promise<BundledBase> => {
  const { command, ending } = await packer();
  const keys = keysOf(plan);
  const file = `base/${keys[0]}.tar.${ending}`;
  await ensureDir(join(folder, 'base'));
  const argv = ['tar', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--acls', '--sort=name'];
  const from = ['--directory', basesFolder(), '--create', ...keys];
  await must([...argv, `--use-compress-program=${command}`, '--file', join(folder, file), ...from], { signal });
  return { keys, title: distributionOf(plan.system).title, file, bytes: await unpackedBytes(plan) };
};
