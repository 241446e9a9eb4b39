import { packagesForAll } from '../../../plan/packages.js';
import { packageScript } from '../../../render/package-script.js';
import { companions, roles } from '../../../roles/roles.js';
import { disabled } from '../../container/base-finish.js';
import type { Architecture, BoxOrder } from './box-order.js';

/** The shell text that turns a bare Debian into the disk of a machine. */

/** What a virtual machine needs and a container does not: a kernel, something that loads it, and Vagrant's way in. */
const machinePackages: Record<Architecture, readonly string[]> = {
  amd64: ['linux-image-amd64', 'grub-pc-bin', 'grub-efi-amd64-bin'],
  arm64: ['linux-image-arm64', 'grub-efi-arm64-bin'],
};
const alwaysThere = ['ca-certificates', 'grub-common', 'initramfs-tools', 'kmod', 'sudo', 'udev', 'zstd'];

/**
 * The drivers that find the disk at boot, whoever emulates it: VirtualBox's SATA, SCSI, SAS, IDE and NVMe, QEMU's virtio,
 * Hyper-V, VMware. All drivers there are would make each boot read 40 MB more.
 */
const diskDrivers = [
  ...['ahci', 'ata_piix', 'mptspi', 'mptsas', 'nvme', 'sd_mod', 'sr_mod', 'sym53c8xx', 'virtio_blk', 'virtio_pci'],
  ...['virtio_mmio', 'virtio_scsi', 'vmw_pvscsi', 'hv_storvsc', 'ext4', 'crc32c'],
];

/** The key pair that everybody has, known to every Vagrant, which replaces it at a machine's first start. */
const insecureKey =
  'ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ== vagrant insecure public key';

/** Installs everything; the initial file system's drivers are named first, so that it is made once. */
export const packagesScript = (order: Omit<BoxOrder, 'output'>): string => {
  const { names, fromSid } = packagesForAll(order);
  const all = [...new Set([...names, ...alwaysThere, ...machinePackages[order.architecture]])].sort();
  return `install -d /etc/initramfs-tools/conf.d /usr/share/initramfs-tools/modules.d
echo MODULES=list >/etc/initramfs-tools/conf.d/quintet
printf '%s\\n' ${diskDrivers.join(' ')} >/usr/share/initramfs-tools/modules.d/quintet
${packageScript({ names: all, fromSid })}
# By itself and last: it replaces the name servers that this build asks.
apt_install systemd-resolved
`;
};

/** Vagrant configures further cards by systemd-networkd where that runs; the first one is its own way in. */
const firstCard = `[Match]
Name=eth0

[Network]
DHCP=ipv4
IPv6AcceptRA=no
LLMNR=no

[DHCPv4]
ClientIdentifier=mac
UseHostname=no
`;

/** A cut cable must not hold up a boot for two minutes. */
const shortWait = `[Service]
ExecStart=
ExecStart=/usr/lib/systemd/systemd-networkd-wait-online --timeout=20
`;

/** Keys of its own for each machine; no RSA key, which would take longest to make. */
const sshKeysUnit = `[Unit]
Description=SSH host keys of this machine
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key

[Install]
WantedBy=multi-user.target
`;

const sshd = `PermitRootLogin no
PasswordAuthentication no
UseDNS no
HostKey /etc/ssh/ssh_host_ecdsa_key
HostKey /etc/ssh/ssh_host_ed25519_key
`;

/** Units that only cost time in a machine that lives for an afternoon without a network. */
const masked = [
  ...[
    'apt-daily-upgrade.timer',
    'apt-daily.timer',
    'dpkg-db-backup.timer',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
  ],
  ...['fstrim.timer', 'grub-common.service', 'grub-initrd-fallback.service', 'man-db.timer', 'systemd-pstore.service'],
];

/** A machine that QEMU emulates among four others boots, but takes its time. */
const systemdLimits = `[Manager]
DefaultTimeoutStartSec=300s
DefaultDeviceTimeoutSec=300s
`;

const serialPort: Record<Architecture, string> = { amd64: 'ttyS0,115200', arm64: 'ttyAMA0,115200' };

/** How the root file system is found: by a name that is the same in every box, since a machine has one such disk only. */
export const rootUuid = '5a17e7c0-0b0e-4d1e-9a11-71e7ba5ebeef';

const bootMenu = (architecture: Architecture): string => `set timeout=0
linux /vmlinuz root=UUID=${rootUuid} ro quiet net.ifnames=0 console=tty0 console=${serialPort[architecture]}
initrd /initrd.img
boot
`;

/** What is in the loader itself: it finds the root file system and reads what lies there. */
const loaderConfig = `search.fs_uuid ${rootUuid} root
set prefix=($root)/boot/grub
`;

interface Loader {
  readonly format: string;
  readonly file: string;
  readonly modules: string;
}

const efi = (format: string, file: string): Loader => ({ format, file, modules: '' });

/** The boot loaders by what the firmware wants: what grub-mkimage makes of each, left in /boot/grub. */
const loaders: Record<Architecture, readonly Loader[]> = {
  amd64: [{ format: 'i386-pc', file: 'core.img', modules: 'biosdisk' }, efi('x86_64-efi', 'BOOTX64.EFI')],
  arm64: [efi('arm64-efi', 'BOOTAA64.EFI')],
};

export const efiLoader = (architecture: Architecture): string =>
  loaders[architecture].find(({ format }) => format.endsWith('-efi'))?.file ?? '';

const makeLoader = ({ format, file, modules }: Loader): string =>
  `grub-mkimage --format=${format} --output=/boot/grub/${file} --config=/boot/grub/loader.cfg --prefix=/boot/grub \\
  part_gpt ext2 search_fs_uuid normal linux echo test ls halt reboot ${modules}`;

const written = (path: string, text: string, mode = '0644'): string =>
  `install -m ${mode} /dev/stdin ${path} <<'END'\n${text}END`;

/** Units that the packages of one role or another start by themselves. */
const stopped = [...roles, ...companions].flatMap(({ starts = [] }) => starts);

/** Run after the packages: Vagrant's user, the network, the boot loaders; holds nothing that is a machine's own. */
export const finishScript = (architecture: Architecture): string => `
set -eu
useradd --create-home --shell /bin/bash --password '*' vagrant
install -d -m 0700 -o vagrant -g vagrant /home/vagrant/.ssh
echo '${insecureKey}' | install -m 0600 -o vagrant -g vagrant /dev/stdin /home/vagrant/.ssh/authorized_keys
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' | install -m 0440 /dev/stdin /etc/sudoers.d/vagrant
usermod --password '*' root
${written('/etc/fstab', `UUID=${rootUuid} / ext4 errors=remount-ro 0 1\n`)}
${written('/etc/systemd/network/10-vagrant.network', firstCard)}
install -d /etc/systemd/system/systemd-networkd-wait-online.service.d
${written('/etc/systemd/system/systemd-networkd-wait-online.service.d/quintet.conf', shortWait)}
${written('/etc/systemd/system/quintet-ssh-keys.service', sshKeysUnit)}
${written('/etc/ssh/sshd_config.d/quintet.conf', sshd)}
install -d /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=persistent\\nSystemMaxUse=64M\\n' >/etc/systemd/journald.conf.d/quintet.conf
install -d /etc/systemd/system.conf.d /etc/systemd/resolved.conf.d /etc/systemd/system-generators
${written('/etc/systemd/system.conf.d/quintet.conf', systemdLimits)}
printf '[Resolve]\\nLLMNR=no\\n' >/etc/systemd/resolved.conf.d/quintet.conf
# It only complains where the hypervisor has no sockets of its own.
ln -sf /dev/null /etc/systemd/system-generators/systemd-ssh-generator
echo quintet >/etc/hostname
printf '127.0.0.1 localhost\\n127.0.1.1 quintet\\n::1 localhost\\n' >/etc/hosts
for unit in ${[...disabled, ...stopped].join(' ')}; do
  systemctl disable "$unit.service" >/dev/null 2>&1 || true
done
systemctl disable ssh.socket >/dev/null 2>&1 || true
systemctl enable ssh.service quintet-ssh-keys.service systemd-networkd.service systemd-resolved.service
systemctl mask ${masked.join(' ')}
systemctl set-default multi-user.target
install -d /boot/grub
${written('/boot/grub/grub.cfg', bootMenu(architecture))}
${written('/boot/grub/loader.cfg', loaderConfig)}
${loaders[architecture].map(makeLoader).join('\n')}
${architecture === 'amd64' ? 'cp /usr/lib/grub/i386-pc/boot.img /boot/grub/boot.img' : ''}
test -e /vmlinuz && test -e /initrd.img
apt-get clean
rm -f /etc/ssh/ssh_host_* /var/lib/mysql/auto.cnf /var/lib/dbus/machine-id /var/log/apt/* /var/log/*.log
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old
mkdir -p /var/lib/apt/lists/partial
touch -r /usr /etc/.updated /var/.updated
`;
