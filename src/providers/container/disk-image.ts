import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { must, run } from '../../host/command.js';
import { ensureDir, readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import { removeFolder } from './remove.js';
import { trialFolder } from './trial-folder.js';

/**
 * A machine's disk as one file of this computer, so that a machine can fill its own disk and no other. The file grows with what was
 * once written; it is mounted where only the machine is, and goes with it.
 */

/** What a machine can write on top of its base: some twenty times as much as one of the labs that ship does. */
export const diskBytes = 4 * 2 ** 30;

/** Tables and the journal are made when they are used: zeroes that nobody has written take no space and no time. */
const making = ['mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'nodiscard,lazy_itable_init=1,lazy_journal_init=1'];

/**
 * Without barriers, as hypervisors run the disks of virtual machines unless told otherwise: a machine that loses its power loses nothing
 * that it was told is written, and a flush does not wait for this computer's own disk twice.
 */
const mounting = ['mount', '-t', 'ext4', '-o', 'loop,noatime,barrier=0,noinit_itable'];

/** Makes a disk with what is in a folder on it, owners and all. */
export const makeImage = async (image: string, content: string, bytes = diskBytes): Promise<void> => {
  const file = await open(image, 'wx', 0o600);
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
  await must([...making, '-d', content, image]);
};

/** The command line that becomes `argv` in a mount namespace of its own, in which the image is mounted on a folder. */
export const withImage = (image: string, at: string, argv: readonly string[]): readonly string[] => {
  const script = `${[...mounting, '"$1"', '"$2"'].join(' ')}\nshift 2\nexec "$@"`;
  return ['unshare', '--mount', '--propagation=slave', 'sh', '-euc', script, 'disk', image, at, ...argv];
};

/** The loop devices that have a file. */
const holders = async (image: string): Promise<string[]> => {
  const devices = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'));
  const found = devices.map(async (name) => {
    const file = await readIfAny(`/sys/block/${name}/loop/backing_file`).catch(() => undefined);
    return file?.trim() === image ? [name] : [];
  });
  return (await Promise.all(found)).flat();
};

/** Waits until the kernel has written and let go of the disk of a machine that has ended, which it does some moments later. */
export const released = async (image: string): Promise<void> => {
  const until = performance.now() + 20_000;
  while ((await holders(image)).length > 0) {
    if (performance.now() > until) {
      throw new ComputerError(`Something still holds the disk ${image}, though its machine does not run.`, {
        hint: `See who has it mounted with: sudo grep -l ${dirname(image)} /proc/*/mountinfo`,
      });
    }
    await delay(5);
  }
};

/** Writes out what a machine whose processes stand still has on its disk; `carrier` is a process that sees where it is mounted. */
export const flushImage = (at: string, carrier: number): Promise<string> =>
  must(['sync', '--file-system', `/proc/${carrier}/root${at}`]);

const trial = async (): Promise<string | undefined> => {
  const folder = await trialFolder();
  const [image, at, content] = [join(folder, 'image'), join(folder, 'at'), join(folder, 'content')];
  try {
    await ensureDir(folder, 0o700);
    for (const path of [at, content]) await mkdir(path);
    await makeImage(image, content, 8 * 2 ** 20);
    const { exitCode, stderr } = await run(withImage(image, at, ['touch', join(at, 'file')]), { timeoutMs: 10_000 });
    return exitCode === 0 ? undefined : stderr.trim().split('\n')[0] || `a trial ended with exit code ${exitCode}`;
  } catch (error) {
    return (error as Error).message.split('\n').at(-1);
  } finally {
    await removeFolder(folder);
  }
};

let tried: Promise<string | undefined> | undefined;

/** Why disks can't be files of their own here, found out by making one; undefined when they can. */
export const noImages = (): Promise<string | undefined> => {
  tried ??= trial();
  return tried;
};
