import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../host/command.js';
import { ensureDir, exists, freeBytes, moveTo, namesIn } from '../../host/files.js';
import { withLock } from '../../host/lock.js';
import { ComputerError, InterruptedError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import {
  baseKey,
  buildCommand,
  buildEnvironment,
  buildFiles,
  distributionOf,
  type Recipe,
  unsupported,
} from './base-recipe.js';
import { basesFolder } from './names.js';
import { removeFolder } from './remove.js';
import { step } from './step.js';

const neededBytes = 1.5e9;

export const basePath = (recipe: Recipe): string => join(basesFolder, baseKey(recipe));

const networkWords =
  /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Network is unreachable|Connection timed out|Connection refused|Failed to fetch/i;

/** What went wrong, from the builder's own words. */
export const buildError = (title: string, words: readonly string[]): ComputerError => {
  const cause = words.slice(-40).join('\n');
  const last = words
    .filter((line) => /^(E:|dpkg: error|.*No space left)/.test(line))
    .slice(-5)
    .join('\n');
  if (words.some((line) => /No space left on device/.test(line))) {
    return new ComputerError(`The disk became full while the ${title} base was built.`, {
      hint: `Free some space below ${basesFolder} (about 1.5 GB) and run the same command again.`,
      cause,
    });
  }
  if (words.some((line) => networkWords.test(line))) {
    return new ComputerError(`The ${title} base can't be built without a network: its packages can't be fetched.`, {
      hint: 'Connect to the network and run the same command again. It is needed this once: the base is kept, and building labs then works offline.',
      cause,
    });
  }
  return new ComputerError(`The ${title} base can't be built.\n${last || cause}`, {
    hint: 'Run the same command again with -v to see every line of the build.',
    cause,
  });
};

const requireSpace = async (title: string): Promise<void> => {
  const free = await freeBytes(basesFolder);
  if (free >= neededBytes) return;
  throw new ComputerError(
    `The ${title} base needs about 1.5 GB below ${basesFolder}, and ${(free / 1e9).toFixed(1)} GB are free.`,
    { hint: 'Free some space and run the same command again.' },
  );
};

/**
 * The builder runs in a process and mount namespace of its own that dies with Quintet: nothing that it has mounted or
 * started can stay behind.
 */
const contained = (argv: readonly string[]): readonly string[] => [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  'sh',
  '-c',
  '"$@"; exit $?',
  'build',
  ...argv,
];

const fill = async (recipe: Recipe, folder: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { title } = distributionOf(recipe.system);
  const words: string[] = [];
  const onLine = (line: string) => {
    words.push(line);
    emit({ type: 'output', line });
  };
  for (const [name, text] of buildFiles(recipe)) await writeFile(join(folder, name), text);
  const root = join(folder, 'root');
  const result = await run(contained(buildCommand(recipe, root)), {
    onLine,
    env: buildEnvironment(folder),
    ...(signal ? { signal } : {}),
  });
  if (signal?.aborted) throw new InterruptedError();
  if (result.exitCode !== 0) throw buildError(title, words);
  // The builder copies these from this computer; a machine has its own, and an empty machine-id is filled at boot.
  for (const name of ['etc/hostname', 'etc/resolv.conf']) await unlink(join(root, name)).catch(() => undefined);
  await writeFile(join(root, 'etc/machine-id'), '');
};

/** What a build that was killed left behind; only called by whoever holds the base's lock. */
const sweep = async (key: string): Promise<void> => {
  const stale = (await namesIn(basesFolder)).filter((name) => name.startsWith(`.building-${key}-`));
  for (const name of stale) await removeFolder(join(basesFolder, name));
};

const build = async (recipe: Recipe, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { title, keyring } = distributionOf(recipe.system);
  const refusal = unsupported(recipe.system, await exists(keyring));
  if (refusal) throw refusal;
  const key = baseKey(recipe);
  await sweep(key);
  await requireSpace(title);
  const folder = join(basesFolder, `.building-${key}-${process.pid}`);
  await ensureDir(folder, 0o700);
  try {
    await fill(recipe, folder, emit, signal);
    await moveTo(join(folder, 'root'), basePath(recipe));
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
