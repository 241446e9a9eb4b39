import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, type RunOptions } from '../../../host/command.js';
import { bootCore, bootSector } from './bios-boot.js';
import type { Architecture } from './box-order.js';
import { efiLoader, rootUuid } from './box-scripts.js';
import {
  biosPartition,
  diskBytes,
  efiPartition,
  offsetBytes,
  type Partition,
  partitionTable,
  rootPartition,
  sizeBytes,
} from './disk-layout.js';

/** Named one by one: what this computer's mke2fs would choose may be newer than the box's kernel and GRUB. */
const features = [
  ...['none', 'has_journal', 'ext_attr', 'resize_inode', 'dir_index', 'filetype', 'extent', '64bit', 'flex_bg'],
  ...['sparse_super', 'large_file', 'huge_file', 'dir_nlink', 'extra_isize', 'metadata_csum'],
];

const writeAt = async (path: string, content: Uint8Array, at: number): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    await file.write(content, 0, content.length, at);
  } finally {
    await file.close();
  }
};

const kibibytes = (partition: Partition): string => String(Math.floor(sizeBytes(partition) / 1024));

const rootFileSystem = (disk: string, tree: string): readonly string[] => [
  ...['mke2fs', '-q', '-F', '-t', 'ext4', '-L', 'quintet', '-U', rootUuid, '-m', '1', '-b', '4096'],
  ...['-O', features.join(','), '-E', `offset=${offsetBytes(rootPartition)},lazy_itable_init=1,nodiscard`],
  ...['-d', tree, disk, `${kibibytes(rootPartition)}k`],
];

/** Where EFI firmware looks on a disk that it has not seen before. */
const efiFileSystem = async (disk: string, loader: string, folder: string, options: RunOptions): Promise<void> => {
  const image = join(folder, 'efi.img');
  await writeFile(image, '');
  await truncate(image, sizeBytes(efiPartition));
  await must(['mkfs.vfat', '-F', '32', '-n', 'EFI', image], options);
  await must(['mmd', '-i', image, '::/EFI', '::/EFI/BOOT'], options);
  await must(['mcopy', '-i', image, loader, '::/EFI/BOOT/'], options);
  await writeAt(disk, await readFile(image), offsetBytes(efiPartition));
};

const biosLoader = async (disk: string, boot: string): Promise<void> => {
  const { start, size } = biosPartition;
  await writeAt(disk, bootSector(await readFile(join(boot, 'boot.img')), start), 0);
  await writeAt(disk, bootCore(await readFile(join(boot, 'core.img')), start, size), offsetBytes(biosPartition));
};

/** Makes the disk of a machine from the tree of its files, in `folder`, without mounting anything; returns its path. */
export const makeDisk = async (
  tree: string,
  architecture: Architecture,
  folder: string,
  signal?: AbortSignal,
): Promise<string> => {
  const options: RunOptions = { timeoutMs: 30 * 60_000, ...(signal ? { signal } : {}) };
  const disk = join(folder, 'disk.raw');
  const boot = join(tree, 'boot', 'grub');
  await writeFile(disk, '');
  await truncate(disk, diskBytes);
  await must(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', disk], { ...options, input: partitionTable });
  await must(rootFileSystem(disk, tree), options);
  await efiFileSystem(disk, join(boot, efiLoader(architecture)), folder, options);
  if (architecture === 'amd64') await biosLoader(disk, boot);
  return disk;
};
