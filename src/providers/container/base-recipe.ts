import { createHash } from 'node:crypto';
import { InputError } from '../../model/errors.js';
import type { System } from '../../model/lab.js';

/** What a base is made from. The same recipe gives the same key; whatever matters to the result must be in here. */
export interface Recipe {
  readonly system: System;
  readonly architecture: string;
  /** Installs the machines' packages; run as root in the new tree. */
  readonly packageScript: string;
}

interface Distribution {
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

const sources = (of: Distribution): readonly string[] => {
  const line = (mirror: string, suite: string) => `deb [signed-by=${of.keyring}] ${mirror} ${suite} ${of.components}`;
  return [line(of.mirror, of.suite), line(of.mirror, `${of.suite}-updates`), line(of.security, of.securitySuite)];
};

/** What every machine has beside its roles' packages: a running system and what a person needs to look around. */
const alwaysThere = [
  'ca-certificates',
  'dbus',
  'iproute2',
  'iputils-ping',
  'less',
  'nano',
  'openssh-server',
  'procps',
  'systemd',
  'systemd-sysv',
];

/** Units that do nothing for a machine in a container but take time or wake it up. */
const masked = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'console-getty.service',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty-static.service',
  'getty.target',
  'man-db.timer',
  'motd-news.timer',
  'systemd-logind.service',
  'systemd-networkd-wait-online.service',
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'systemd-pstore.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
];

/** What Debian starts as soon as it is installed; a machine's own provisioner enables what the machine is for. */
export const disabled = ['gunicorn', 'haproxy', 'keepalived', 'mariadb', 'mysql', 'nftables', 'nginx', 'rsync', 'ssh'];

/** The address of host0 comes from the environment that the machine is started with, so it survives a reboot. */
const networkUnit = `[Unit]
Description=Address in the lab network
DefaultDependencies=no
Wants=network.target
After=systemd-sysctl.service network-pre.target
Before=network.target network-online.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
PassEnvironment=QUINTET_ADDRESS
ExecStart=/bin/sh -c 'ip address replace "$QUINTET_ADDRESS" broadcast + dev host0 && ip link set host0 up'

[Install]
WantedBy=sysinit.target
`;

/** Keys of its own for each machine, made when somebody first connects. */
const sshKeysUnit = `[Unit]
Description=SSH host keys of this machine
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=ssh.service
`;

/** Run in the new tree after the packages: makes it boot fast, start nothing by itself and hold nothing that is a machine's own. */
export const finishScript = `
set -eu
cat >/etc/systemd/system/quintet-network.service <<'UNIT'
${networkUnit}UNIT
cat >/etc/systemd/system/quintet-ssh-keys.service <<'UNIT'
${sshKeysUnit}UNIT
for unit in ${disabled.join(' ')}; do
  systemctl disable "$unit.service" >/dev/null 2>&1 || true
done
systemctl enable quintet-network.service quintet-ssh-keys.service ssh.socket
systemctl mask ${masked.join(' ')}
systemctl set-default multi-user.target
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=persistent\\nSystemMaxUse=64M\\n' >/etc/systemd/journald.conf.d/quintet.conf
rm -f /etc/ssh/ssh_host_* /var/lib/mysql/auto.cnf /var/lib/dbus/machine-id /var/log/apt/* /var/log/*.log
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old
mkdir -p /var/lib/apt/lists/partial
# Caches are as new as /usr: no boot has to make them again.
touch -r /usr /etc/.updated /var/.updated
`;

const buildFolder = 'QUINTET_BUILD';
const hook = (file: string) =>
  `--customize-hook=chroot "$1" env DEBIAN_FRONTEND=noninteractive bash -euo pipefail -s <"$${buildFolder}/${file}"`;

/** The scripts that the build finds in its folder. */
export const buildFiles = (recipe: Recipe): ReadonlyMap<string, string> =>
  new Map([
    ['packages.sh', recipe.packageScript],
    ['finish.sh', finishScript],
  ]);

/** The environment that tells mmdebstrap's hooks where those scripts are. */
export const buildEnvironment = (folder: string): Readonly<Record<string, string>> => ({ [buildFolder]: folder });

/** The mmdebstrap command line that makes the tree `root`. Documentation is left out: nobody reads it in a container. */
export const buildCommand = ({ system }: Pick<Recipe, 'system'>, root: string): readonly string[] => {
  const of = distributionOf(system);
  return [
    'mmdebstrap',
    '--mode=root',
    '--variant=apt',
    '--format=directory',
    `--include=${[...alwaysThere, of.keyringPackage].join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    hook('packages.sh'),
    hook('finish.sh'),
    of.suite,
    root,
    ...sources(of),
  ];
};

/** The name under which a base is kept: a hash of all that goes into it. */
export const baseKey = (recipe: Recipe): string => {
  const content = JSON.stringify([recipe.architecture, buildCommand(recipe, ''), ...buildFiles(recipe)]);
  return `${recipe.system}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
};
