import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../host/command.js';
import { ensureDir } from '../../host/files.js';
import { homeFolder, homeVariable } from '../../host/home.js';
import { ownFile } from '../../host/own-script.js';
import { ComputerError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { idsPerMachine, someIds } from './ids.js';
import { removeFolder } from './remove.js';
import { trialFolder } from './trial-folder.js';

/** Run in a mount namespace of its own. */
const emptyRunScript = `mount -t tmpfs -o mode=0755 quintet /run
exec "$@"`;

/**
 * The command line that becomes `argv` in a mount namespace of its own with an empty /run. Where a machine has a first id, it finds
 * `folders` below /run, read-only and with the machine's owners.
 */
export const withLayers = (
  first: number | undefined,
  folders: readonly string[],
  argv: (layers: readonly string[]) => readonly string[],
): readonly string[] => {
  const outer = ['unshare', '--mount', '--propagation=slave', 'sh', '-euc', emptyRunScript, 'run'];
  if (first === undefined) return [...outer, ...argv(folders)];
  const layers = folders.map((_, index) => `/run/layer-${index}`);
  const pairs = folders.flatMap((folder, index) => [folder, layers[index] ?? '']);
  const program = ['perl', ownFile('providers/container/idmap.pl'), process.arch];
  return [...outer, ...program, String(first), String(idsPerMachine), ...pairs, '--', ...argv(layers)];
};

/** Mounts a disk as a machine's is mounted and changes something on it. */
const trialScript = `set -eu
lower=$1 folder=$2 first=$3
mount -t overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" quintet "$folder/root"
touch "$folder/root/below/file"
test "$(stat --format=%u "$folder/root/below")" = "$first"`;

const trial = async (): Promise<string | undefined> => {
  const first = await someIds();
  if (first === undefined) return 'there are too few user ids';
  const folder = await trialFolder();
  try {
    for (const name of ['lower/below', 'upper', 'work', 'root']) await ensureDir(join(folder, name), 0o755);
    for (const name of ['upper', 'work']) await chown(join(folder, name), first, first);
    const script = ([lower = '']: readonly string[]) => [
      'sh',
      '-c',
      trialScript,
      'trial',
      lower,
      folder,
      String(first),
    ];
    const { exitCode, stderr } = await run(withLayers(first, [join(folder, 'lower')], script), { timeoutMs: 10_000 });
    if (exitCode === 0) return undefined;
    return stderr.trim().replaceAll(`${folder}/`, '') || `a trial ended with exit code ${exitCode}`;
  } finally {
    await removeFolder(folder);
  }
};

let tried: Promise<string | undefined> | undefined;

/** Why machines can't have user namespaces of their own on this computer, found out by making one; undefined when they can. */
export const noUserNamespaces = (): Promise<string | undefined> => {
  tried ??= trial();
  return tried;
};

const risk = 'root in a machine is then root on this computer as well';

/**
 * Throws a ComputerError where the machines can't be kept apart from this computer, unless somebody vouches for the lab: then that is
 * told.
 */
export const requireIsolation = async (site: LabSite, emit: Emit): Promise<void> => {
  const why = await noUserNamespaces();
  if (why === undefined) return;
  if (site.trusted) return emit({ type: 'note', text: `Machines go without user namespaces (${why}): ${risk}.` });
  throw new ComputerError(`Machines can't have user namespaces of their own here: ${why}.`, {
    hint: `It takes Linux 5.19 and a file system below ${homeFolder()} such as ext4, xfs or btrfs (${homeVariable} names another place). If you vouch for all that runs in this lab: the same command with --trust goes without (${risk}).`,
  });
};
