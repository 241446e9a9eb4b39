import { ComputerError } from '../../../model/errors.js';
import { missingOf, type Needed } from '../../container/host-packages.js';

/** What building a box needs of this computer; GRUB is not in the list: the box's own is used. */
const needed: Needed = [
  ['mmdebstrap', 'mmdebstrap'],
  ['setpriv', 'util-linux'],
  ['unshare', 'util-linux'],
  ['mke2fs', 'e2fsprogs'],
  ['sfdisk', 'fdisk'],
  ['mkfs.vfat', 'dosfstools'],
  ['mcopy', 'mtools'],
  ['qemu-img', 'qemu-utils'],
  ['tar', 'tar'],
  ['/usr/share/keyrings/debian-archive-keyring.gpg', 'debian-archive-keyring'],
];

/** The Debian packages that a build needs and this computer lacks. */
export const missingForBox = (): Promise<string[]> => missingOf(needed);

/** Throws a ComputerError unless boxes can be built here by this user. */
export const requireBuilder = (platform: NodeJS.Platform, userId: number | undefined): void => {
  if (platform !== 'linux') {
    throw new ComputerError('Boxes are built on Linux.', {
      hint: 'Build it on a Linux computer (or in a virtual machine with Debian or Ubuntu) and copy the file.',
    });
  }
  if (userId !== 0) {
    throw new ComputerError('Building a box needs root: the files of a machine belong to its own users.', {
      hint: 'Run the same command with sudo in front.',
    });
  }
};
