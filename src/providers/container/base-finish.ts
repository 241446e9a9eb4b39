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
  'run-lock.mount',
  'systemd-logind.service',
  'systemd-networkd-wait-online.service',
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'systemd-pstore.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'systemd-tmpfiles-setup-dev-early.service',
  'systemd-tmpfiles-setup-dev.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
];

/**
 * Generators that have nothing to do in a container: no disks of its own, no consoles, no scripts of System V (see `unwanted` in base-recipe.ts). systemd runs
 * every one of them at each boot and whenever it reads its units again (systemd.generator(7)).
 */
const maskedGenerators = [
  'systemd-debug-generator',
  'systemd-fstab-generator',
  'systemd-getty-generator',
  'systemd-gpt-auto-generator',
  'systemd-hibernate-resume-generator',
  'systemd-rc-local-generator',
  'systemd-run-generator',
  'systemd-ssh-generator',
  'systemd-system-update-generator',
  'systemd-sysv-generator',
  'systemd-tpm2-generator',
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
export const finishScript = (disables: readonly string[] = []): string => `
set -eu
cat >/etc/systemd/system/quintet-network.service <<'UNIT'
${networkUnit}UNIT
cat >/etc/systemd/system/quintet-ssh-keys.service <<'UNIT'
${sshKeysUnit}UNIT
for unit in ${[...disabled, ...disables].join(' ')}; do
  if [ -e "/lib/systemd/system/$unit.service" ]; then systemctl disable "$unit.service" >/dev/null 2>&1 || true; fi
done
systemctl enable quintet-network.service quintet-ssh-keys.service ssh.socket
systemctl mask ${masked.join(' ')}
systemctl set-default multi-user.target
mkdir -p /etc/systemd/system-generators
for generator in ${maskedGenerators.join(' ')}; do
  ln -sf /dev/null "/etc/systemd/system-generators/$generator"
done
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\\nStorage=persistent\\nSystemMaxUse=64M\\n' >/etc/systemd/journald.conf.d/quintet.conf
rm -f /etc/ssh/ssh_host_* /var/lib/mysql/auto.cnf /var/lib/dbus/machine-id /var/log/apt/* /var/log/*.log
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old
mkdir -p /var/lib/apt/lists/partial
# Caches are as new as /usr: no boot has to make them again.
touch -r /usr /etc/.updated /var/.updated
`;
