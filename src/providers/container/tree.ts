import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../host/command.js';
import { ensureDir, exists, freeBytes } from '../../host/files.js';
import { ComputerError, InterruptedError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { System } from '../../model/lab.js';
import { buildCommand, buildEnvironment, layerScript } from './base-recipe.js';
import { distributionOf, unsupported } from './distributions.js';

/** What a tree is grown for, as errors call it. */
export interface Purpose {
  /** `Debian 13 base` */
  readonly title: string;
  /** Where it needs space. */
  readonly folder: string;
  readonly neededBytes: number;
  /** Why the network is not needed the next time. */
  readonly afterwards: string;
}

export interface TreeOrder {
  readonly purpose: Purpose;
  readonly system: System;
  /** Packages that are installed together with the system. */
  readonly include?: readonly string[];
  /** The scripts that are run in the tree: packages.sh, then finish.sh. */
  readonly files: ReadonlyMap<string, string>;
  /** Holds the scripts while it is built; the tree is `root` in it. */
  readonly folder: string;
}

const networkWords =
  /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Network is unreachable|Connection timed out|Connection refused|Failed to fetch/i;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What went wrong, from the builder's own words. */
export const buildError = (purpose: Purpose, words: readonly string[]): ComputerError => {
  const { title, folder, neededBytes, afterwards } = purpose;
  const cause = words.slice(-40).join('\n');
  const last = words
    .filter((line) => /^(E:|dpkg: error|.*No space left)/.test(line))
    .slice(-5)
    .join('\n');
  if (words.some((line) => /No space left on device/.test(line))) {
    return new ComputerError(`The disk became full while the ${title} was built.`, {
      hint: `Free some space below ${folder} (about ${gigabytes(neededBytes)}) and run the same command again.`,
      cause,
    });
  }
  if (words.some((line) => networkWords.test(line))) {
    return new ComputerError(`The ${title} can't be built without a network: its packages can't be fetched.`, {
      hint: `Connect to the network and run the same command again. ${afterwards}`,
      cause,
    });
  }
  return new ComputerError(`The ${title} can't be built.\n${last || cause}`, {
    hint: 'Run the same command again with -v to see every line of the build.',
    cause,
  });
};

export const requireSpace = async ({ title, folder, neededBytes }: Purpose): Promise<void> => {
  const free = await freeBytes(folder);
  if (free >= neededBytes) return;
  throw new ComputerError(
    `The ${title} needs about ${gigabytes(neededBytes)} below ${folder}, and ${gigabytes(free)} are free.`,
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

/** Throws an InputError where the system's packages can't be had on this computer. */
export const requireSystem = async (system: System): Promise<void> => {
  const refusal = unsupported(system, await exists(distributionOf(system).keyring));
  if (refusal) throw refusal;
};

/** Writes the scripts into the order's folder and runs the builder, whose words tell what went wrong. */
const build = async (order: TreeOrder, argv: readonly string[], emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { purpose, files, folder } = order;
  const words: string[] = [];
  const onLine = (line: string) => {
    words.push(line);
    emit({ type: 'output', line });
  };
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  const result = await run(contained(argv), {
    onLine,
    env: buildEnvironment(folder),
    ...(signal ? { signal } : {}),
  });
  if (signal?.aborted) throw new InterruptedError();
  if (result.exitCode !== 0) throw buildError(purpose, words);
};

/** Grows the file system of a machine from packages alone; returns its path. */
export const growTree = async (order: TreeOrder, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const root = join(order.folder, 'root');
  await build(order, buildCommand(order, root), emit, signal);
  // The builder copies these from this computer; a machine has its own, and an empty machine-id is filled at boot.
  for (const name of ['etc/hostname', 'etc/resolv.conf']) await unlink(join(root, name)).catch(() => undefined);
  await writeFile(join(root, 'etc/machine-id'), '');
  return root;
};

/** What a layer is grown on: folders, the topmost first; `lists` may hold lists of packages that are not old yet. */
export interface Ground {
  readonly folders: readonly string[];
  readonly lists: string;
}

/** Grows a layer on what is the file system of a machine; returns its path. */
export const growLayer = async (
  order: TreeOrder,
  ground: Ground,
  emit: Emit,
  signal?: AbortSignal,
): Promise<string> => {
  const { folder } = order;
  // What lies on top of a folder hides its owner and mode.
  for (const name of ['upper', 'root']) await ensureDir(join(folder, name), 0o755);
  await ensureDir(join(folder, 'work'), 0o700);
  await build(order, ['sh', '-c', layerScript, 'layer', ground.folders.join(':'), folder, ground.lists], emit, signal);
  return join(folder, 'upper');
};
