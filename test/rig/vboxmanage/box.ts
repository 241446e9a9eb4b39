import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { must } from '../../../src/host/command.js';
import { ensureDir, exists, moveTo } from '../../../src/host/files.js';
import { withLock } from '../../../src/host/lock.js';
import { foldersOf } from '../../../src/providers/container/base.js';
import { removeFolder } from '../../../src/providers/container/remove.js';
import { diskText, ovfText } from './disk.js';

/** Kept between runs, like the bases they rest on. */
export const rigFolder = '/var/lib/quintet/rig';

/** The key pair that everybody has: https://github.com/hashicorp/vagrant/tree/main/keys */
const insecureKey =
  'ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ== vagrant insecure public key';

/** What makes a container's base a Vagrant box: the user vagrant, sudo, and a network that Vagrant can configure. */
const boxScript = `
set -eu
apt-get -qq update
apt-get -qq install --yes --no-install-recommends sudo
useradd --create-home --shell /bin/bash vagrant
usermod --password '*' vagrant
install -d -m 0700 -o vagrant -g vagrant /home/vagrant/.ssh
echo '${insecureKey}' >/home/vagrant/.ssh/authorized_keys
chown vagrant:vagrant /home/vagrant/.ssh/authorized_keys
chmod 0600 /home/vagrant/.ssh/authorized_keys
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/vagrant
chmod 0440 /etc/sudoers.d/vagrant
systemctl disable quintet-network.service
systemctl unmask systemd-networkd.service systemd-networkd.socket
systemctl enable systemd-networkd.service
systemctl mask systemd-networkd-wait-online.service
printf '[Match]\\nName=enp0s3\\n[Network]\\nAddress=10.0.2.15/24\\nGateway=10.0.2.2\\n' >/etc/systemd/network/10-nat.network
apt-get clean
rm -rf /var/lib/apt/lists/*
mkdir -p /var/lib/apt/lists/partial
`;

const buildScript = `set -eu
mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" box "$2/root"
mount -t proc proc "$2/root/proc"
if [ -f /etc/resolv.conf ]; then cp /etc/resolv.conf "$2/root/etc/resolv.conf"; fi
DEBIAN_FRONTEND=noninteractive chroot "$2/root" sh -c "$3"
rm -f "$2/root/etc/resolv.conf"`;

const build = async (base: string, path: string): Promise<void> => {
  const folder = `${path}.building`;
  await removeFolder(folder);
  for (const name of ['upper', 'work', 'root']) await ensureDir(join(folder, name), 0o755);
  await must(['unshare', '--mount', 'sh', '-c', buildScript, 'build', foldersOf(base).join(':'), folder, boxScript], {
    timeoutMs: 300_000,
  });
  await moveTo(join(folder, 'upper'), path);
  await removeFolder(folder);
};

/** The folder that lies over a container's base to make it a box; made once and kept. */
const ensureLayer = async (base: string): Promise<string> => {
  const hash = createHash('sha256').update(boxScript).digest('hex').slice(0, 12);
  const path = join(rigFolder, 'boxes', `${basename(base)}-${hash}`);
  await ensureDir(join(rigFolder, 'boxes'));
  await withLock(`rig-box-${hash}`, { wait: true }, async () => {
    if (!(await exists(path))) await build(base, path);
  });
  return path;
};

const metadata = JSON.stringify({ provider: 'virtualbox' });
const boxVagrantfile = `Vagrant.configure('2') { |config| config.vm.base_mac = '0800275E1F01' }\n`;

/** Writes a box file that Vagrant takes as any other; only the stand-in can import what is in it. */
export const makeBox = async (base: string, folder: string): Promise<string> => {
  const layer = await ensureLayer(base);
  const inside = join(folder, 'box');
  await ensureDir(inside);
  await writeFile(join(inside, 'metadata.json'), metadata);
  await writeFile(join(inside, 'Vagrantfile'), boxVagrantfile);
  await writeFile(join(inside, 'box.ovf'), ovfText('quintet-stand-in', 'box-disk001.vmdk'));
  await writeFile(join(inside, 'box-disk001.vmdk'), diskText([layer, ...foldersOf(base)]));
  const path = join(folder, 'stand-in.box');
  await must(['tar', '--create', '--gzip', `--file=${path}`, `--directory=${inside}`, '.']);
  return path;
};
