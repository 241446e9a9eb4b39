import type { PackageChoices } from '../../../model/role.js';
import { packagesForAll } from '../../../plan/packages.js';
import { packageScript } from '../../../render/package-script.js';
import { companions, roles } from '../../../roles/roles.js';
import { disabled } from '../../container/base-finish.js';

/** Whoever is made of the box gets keys of its own: those of the machine it was baked of are in every copy of it. */
const sshKeysUnit = `[Unit]
Description=SSH host keys of this machine alone
ConditionPathExists=/etc/ssh/renew-host-keys
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'rm -f /etc/ssh/ssh_host_*_key* && ssh-keygen -A && rm /etc/ssh/renew-host-keys'

[Install]
WantedBy=multi-user.target
`;

/**
 * Shell text, run as root in a machine that nothing was done to yet: installs what the roles of every lab need, and leaves nothing that
 * is that machine's own. May be run again.
 */
export const bakeScript = (choices: PackageChoices): string => {
  const starting = [...roles, ...companions].flatMap(({ starts = [] }) => starts);
  const stopped = [...disabled, ...starting].filter((unit) => unit !== 'ssh');
  return `set -euo pipefail
export LC_ALL=C.UTF-8
${packageScript(packagesForAll(choices))}
for unit in ${stopped.join(' ')}; do
  systemctl disable --now "$unit.service" >/dev/null 2>&1 || true
done
cat >/etc/systemd/system/quintet-own-ssh-keys.service <<'UNIT'
${sshKeysUnit}UNIT
systemctl daemon-reload
systemctl enable --quiet quintet-own-ssh-keys.service
touch /etc/ssh/renew-host-keys
apt-get clean
rm -rf /var/lib/apt/lists/* /var/lib/mysql/auto.cnf /var/log/apt/*
mkdir -p /var/lib/apt/lists/partial
: >/etc/machine-id
if command -v fstrim >/dev/null; then fstrim / >/dev/null 2>&1 || true; fi
sync
`;
};
