import { join } from 'node:path';
import { run } from '../../host/command.js';
import { ensureDir } from '../../host/files.js';
import { homeFolder, homeVariable } from '../../host/home.js';
import { ComputerError } from '../../model/errors.js';
import { removeFolder } from './remove.js';
import { trialFolder } from './trial-folder.js';

/** Lays a layer on another, as bases are built and as machines rest on them, and changes something. */
const trialScript = `set -eu
folder=$1
mount -t overlay -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" quintet "$folder/root"
touch "$folder/root/file"`;

const typeOf = async (folder: string): Promise<string> =>
  (await run(['stat', '--file-system', '--format=%T', folder])).stdout.trim();

const trial = async (): Promise<string | undefined> => {
  const folder = await trialFolder();
  try {
    for (const name of ['lower', 'upper', 'work', 'root']) await ensureDir(join(folder, name), 0o700);
    const argv = ['unshare', '--mount', 'sh', '-c', trialScript, 'trial', folder];
    const { exitCode } = await run(argv, { timeoutMs: 10_000 });
    if (exitCode === 0) return undefined;
    return `no overlay file system can be laid on that of ${homeFolder()} (${await typeOf(folder)})`;
  } finally {
    await removeFolder(folder);
  }
};

let tried: Promise<string | undefined> | undefined;

/** Why nothing can be laid on what lies where machines will, found out by doing it; undefined when it can. */
export const noLayers = (): Promise<string | undefined> => {
  tried ??= trial();
  return tried;
};

export const otherHome = `${homeVariable}=FOLDER in front of quintet (or --home FOLDER), one on ext4, xfs or btrfs`;

export const requireLayers = async (): Promise<void> => {
  const why = await noLayers();
  if (why !== undefined)
    throw new ComputerError(`Machines can't lie there: ${why}.`, { hint: `Choose another place: ${otherHome}.` });
};
