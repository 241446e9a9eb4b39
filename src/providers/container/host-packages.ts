import { join } from 'node:path';
import { exists, isExecutable } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';

/** What is needed of this computer: a program or a file, and the Debian package it is in. */
export type Needed = readonly (readonly [what: string, packageName: string])[];

const needed: Needed = [
  ['systemd-nspawn', 'systemd-container'],
  ['mmdebstrap', 'mmdebstrap'],
  ['ip', 'iproute2'],
  ['bridge', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['unshare', 'util-linux'],
  ['flock', 'util-linux'],
  ['perl', 'perl-base'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['setpriv', 'util-linux'],
  ['mount', 'mount'],
  ['tar', 'tar'],
  ['/usr/share/keyrings/debian-archive-keyring.gpg', 'debian-archive-keyring'],
];

/** All of those packages. */
export const hostPackages: readonly string[] = [...new Set(needed.map(([, name]) => name))];

/** A person without root often lacks the sbin folders, where half of these programs are. */
const folders = (): string[] => [
  ...new Set([...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/sbin', '/sbin', '/usr/bin', '/bin']),
];

const isThere = async (what: string): Promise<boolean> => {
  if (what.startsWith('/')) return exists(what);
  const found = await Promise.all(folders().map((folder) => isExecutable(join(folder, what))));
  return found.includes(true);
};

/** The Debian packages that this computer lacks of those that hold what is needed. */
export const missingOf = async (all: Needed): Promise<string[]> => {
  const missing = await Promise.all(all.map(async ([what, name]) => ((await isThere(what)) ? [] : [name])));
  return [...new Set(missing.flat())].sort();
};

/** The Debian packages that containers need and this computer lacks. */
export const missingPackages = (): Promise<string[]> => missingOf(needed);

/** The command that installs them, as root. */
export const installCommand = (packages: readonly string[]): readonly string[] => [
  'apt-get',
  'install',
  '--yes',
  ...packages,
];

/** What is said to who is not root. */
export const needRoot = (): ComputerError =>
  new ComputerError('Containers need root: they mount disks and make networks.', {
    hint: 'Run the same command with sudo in front.',
  });

/** Throws a ComputerError unless this computer can run containers and this user may. */
export const requireHost = async (): Promise<void> => {
  if (process.platform !== 'linux') {
    throw new ComputerError('Containers need Linux.', { hint: 'Choose the provider virtualbox in lab.yaml.' });
  }
  const missing = await missingPackages();
  if (missing.length > 0) {
    throw new ComputerError(`Containers need packages that this computer lacks: ${missing.join(', ')}.`, {
      hint: `sudo ${installCommand(missing).join(' ')}`,
    });
  }
  if (process.getuid?.() !== 0) throw needRoot();
};
