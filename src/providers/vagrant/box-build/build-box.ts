import { stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { must, type RunOptions } from '../../../host/command.js';
import { ensureDir, moveTo, namesIn, removeTree } from '../../../host/files.js';
import { homeFolder } from '../../../host/home.js';
import { withLock } from '../../../host/lock.js';
import { InterruptedError } from '../../../model/errors.js';
import type { Emit } from '../../../model/events.js';
import { distributionOf } from '../../container/distributions.js';
import { removeFolder } from '../../container/remove.js';
import { step } from '../../container/step.js';
import { growTree, type Purpose, requireSpace, requireSystem } from '../../container/tree.js';
import { formatOf } from './box-formats.js';
import type { BoxOrder } from './box-order.js';
import { finishScript, packagesScript } from './box-scripts.js';
import { makeDisk } from './disk.js';

/** Root's own: the tree holds programs with root's rights while it is grown. */
const buildsFolder = (): string => join(homeFolder(), 'boxes');

const purposeOf = ({ system }: BoxOrder): Purpose => ({
  title: `${distributionOf(system).title} box`,
  folder: buildsFolder(),
  // The tree, the disk made of it, the disk in the box's format and the box.
  neededBytes: 5e9,
  afterwards: 'It is needed this once: machines made from the box need none.',
});

const limits = (signal?: AbortSignal): RunOptions => ({ timeoutMs: 30 * 60_000, ...(signal ? { signal } : {}) });

/** Grows the file system of the box's machines; returns its path. */
const grow = async (order: BoxOrder, folder: string, emit: Emit, signal?: AbortSignal): Promise<string> => {
  const files = new Map([
    ['packages.sh', packagesScript(order)],
    ['finish.sh', finishScript(order.architecture)],
  ]);
  const tree = await growTree({ purpose: purposeOf(order), system: order.system, files, folder }, emit, signal);
  await writeFile(join(tree, 'etc/hostname'), 'quintet\n');
  await symlink('../run/systemd/resolve/stub-resolv.conf', join(tree, 'etc/resolv.conf'));
  return tree;
};

/** Lays the box's parts side by side; returns their folder. */
const convert = async (order: BoxOrder, disk: string, folder: string, signal?: AbortSignal): Promise<string> => {
  const format = formatOf(order.provider);
  const parts = join(folder, 'box');
  await ensureDir(parts);
  const image = join(parts, format.disk);
  await must(['qemu-img', 'convert', '-f', 'raw', ...format.convert, disk, image], limits(signal));
  await removeTree(disk);
  const { size } = await stat(image);
  for (const [name, text] of format.files(order, size)) await writeFile(join(parts, name), text);
  return parts;
};

/** Beside its place and then renamed: nobody ever finds half a box. The disk is compressed already. */
const pack = async ({ output }: BoxOrder, parts: string, signal?: AbortSignal): Promise<void> => {
  const temporary = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`);
  try {
    const names = await namesIn(parts);
    await must(
      ['tar', '--create', '--owner=0', '--group=0', `--file=${temporary}`, '-C', parts, ...names],
      limits(signal),
    );
    await moveTo(temporary, output);
  } finally {
    await removeTree(temporary);
  }
};

const prefix = 'building-';

/** What builds that were killed have left; called by whoever holds the lock. */
const sweep = async (): Promise<void> => {
  const stale = (await namesIn(buildsFolder())).filter((name) => name.startsWith(prefix));
  for (const name of stale) await removeFolder(join(buildsFolder(), name));
};

const steps = async (order: BoxOrder, folder: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { title } = purposeOf(order);
  const stopIfAsked = () => {
    if (signal?.aborted) throw new InterruptedError();
  };
  const tree = await step(emit, `install the packages of the ${title} (about a minute)`, () =>
    grow(order, folder, emit, signal),
  );
  const disk = await step(emit, 'make a disk of it', () => makeDisk(tree, order.architecture, folder, signal));
  await removeFolder(tree);
  stopIfAsked();
  const parts = await step(emit, `compress it for ${order.provider}`, () => convert(order, disk, folder, signal));
  await step(emit, `write ${basename(order.output)}`, () => pack(order, parts, signal));
};

/**
 * Builds a box from Debian's packages alone, as root: whatever happens, the file `order.output` is the whole box or as it
 * was before.
 */
export const buildBox = async (order: BoxOrder, emit: Emit, signal?: AbortSignal): Promise<void> => {
  await requireSystem(order.system);
  await ensureDir(buildsFolder(), 0o700);
  const onWait = (holder: string) => emit({ type: 'note', text: `Waiting for ${holder}, which builds a box as well.` });
  await withLock('box-build', { wait: true, onWait, ...(signal ? { signal } : {}) }, async () => {
    await sweep();
    await requireSpace(purposeOf(order));
    const folder = join(buildsFolder(), `${prefix}${process.pid}`);
    await ensureDir(folder, 0o700);
    try {
      await steps(order, folder, emit, signal);
    } finally {
      await removeFolder(folder);
    }
  });
};
