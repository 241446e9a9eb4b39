import { InputError } from '../../model/errors.js';
import type { System } from '../../model/lab.js';

/** Where a system comes from, and who signs it. */
export interface Distribution {
  readonly title: string;
  readonly suite: string;
  readonly mirror: string;
  readonly security: string;
  readonly securitySuite: string;
  readonly components: string;
  readonly keyring: string;
  readonly keyringPackage: string;
}

const debian = (title: string, suite: string): Distribution => ({
  title,
  suite,
  mirror: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
  securitySuite: `${suite}-security`,
  components: 'main',
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  keyringPackage: 'debian-archive-keyring',
});

const ubuntu = (title: string, suite: string): Distribution => ({
  title,
  suite,
  mirror: 'http://archive.ubuntu.com/ubuntu',
  security: 'http://security.ubuntu.com/ubuntu',
  securitySuite: `${suite}-security`,
  components: 'main universe',
  keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
  keyringPackage: 'ubuntu-keyring',
});

const distributions: Record<System, Distribution> = {
  'debian-12': debian('Debian 12', 'bookworm'),
  'debian-13': debian('Debian 13', 'trixie'),
  'ubuntu-22.04': ubuntu('Ubuntu 22.04', 'jammy'),
  'ubuntu-24.04': ubuntu('Ubuntu 24.04', 'noble'),
};

export const distributionOf = (system: System): Distribution => distributions[system];

/** Ubuntu's archive is for amd64; its keyring is seldom on a Debian computer. */
export const unsupported = (system: System, keyringExists: boolean): InputError | undefined => {
  const { title, keyring, keyringPackage } = distributions[system];
  if (keyringExists) return undefined;
  return new InputError(`${title} can't run in containers here: the keys of its archive (${keyring}) are missing.`, {
    hint: `Set \`system: debian-13\` in lab.yaml, or install them with: sudo apt-get install --yes ${keyringPackage}`,
  });
};
