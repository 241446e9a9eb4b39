import type { ExecutionContext } from 'ava';
import { needs } from '../rig/needs.js';
import { ok, quintet } from '../rig/quintet.js';
import { machines, sharedLab } from '../rig/shared-lab.js';

/** Somebody has got into one service of a machine: how far that leads. */

const lab = sharedLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip').serial;

const sh = async (t: ExecutionContext, machine: string, script: string): Promise<string> =>
  ok(t, await quintet(lab, 'exec', machine, '--', 'sh', '-euc', script)).trim();

const services: readonly (readonly [machine: string, unit: string])[] = [
  ['lb1', 'haproxy'],
  ['lb2', 'keepalived'],
  ['web', 'nginx'],
  ['app', 'quintet-app'],
  ['db', 'mysql'],
];

for (const [machine, unit] of services) {
  real(`${unit} has no more of its machine than it needs`, async (t) => {
    // haproxy and keepalived scored 9.6, the database 6.8, nginx 4.1.
    const said = await sh(t, machine, `systemd-analyze security --no-pager ${unit}.service | grep Overall`);
    const score = Number(/: ([\d.]+)/.exec(said)?.[1]);
    t.true(score <= 4, said);
  });
}

/** A shell command in the service's own sandbox and as its own user, as whoever took it over would run it. */
const asService = async (t: ExecutionContext, machine: string, unit: string, command: string): Promise<string> => {
  const properties = [
    ...['NoNewPrivileges', 'CapabilityBoundingSet', 'ProtectSystem', 'ProtectHome', 'PrivateTmp', 'PrivateDevices'],
    ...['ProtectKernelTunables', 'ProtectKernelModules', 'ProtectControlGroups', 'RestrictNamespaces'],
    ...['RestrictSUIDSGID', 'RestrictAddressFamilies', 'SystemCallFilter', 'SystemCallErrorNumber', 'ReadWritePaths'],
  ];
  return sh(
    t,
    machine,
    `set --
     for name in ${properties.join(' ')}; do
       value=$(sed -n "s/^$name=//p" /etc/systemd/system/${unit}.service.d/quintet.conf | head -n 1)
       if [ -n "$value" ]; then set -- "$@" "--property=$name=$value"; fi
     done
     systemd-run --quiet --collect --pipe --wait "$@" sh -c '${command}' 2>&1 || echo "refused $?"`,
  );
};

for (const [unit, machine] of [
  ['haproxy', 'lb1'],
  ['keepalived', 'lb1'],
  ['nginx', 'web'],
] as const) {
  real(`root in ${unit} changes no program and mounts nothing`, async (t) => {
    // Both worked in HAProxy and keepalived: they were root with nothing in their way.
    for (const attack of ['echo x >>/usr/bin/env', 'mount -t tmpfs none /mnt', 'unshare --mount true', 'touch /etc/x'])
      t.regex(await asService(t, machine, unit, attack), /refused \d+$/, attack);
  });
}

real('no key and no password is left in the folder that a machine was provisioned from', async (t) => {
  // The whole folder stayed: the site's key, the database's key and password, each a second time.
  for (const machine of machines) {
    t.is(await sh(t, machine, 'ls -A /var/lib/quintet | grep stage || :'), '', machine);
    t.is(await sh(t, machine, 'ls -A /tmp | grep ^quintet || :'), '', machine);
  }
});

real('the database machine keeps a hash of the application’s password, not the password', async (t) => {
  const password = await sh(t, 'app', 'cat /etc/quintet/database.password');
  t.regex(password, /^[0-9a-f]{48}$/);
  // It lay in /etc/quintet there, beside the hash that the server keeps anyway.
  t.is(await sh(t, 'db', `grep -rlF ${password} /etc /root /var/lib/quintet /run /tmp || :`), '');
});

real('no other account of a machine reads its keys and passwords', async (t) => {
  const secrets = {
    app: ['/etc/quintet/database.password'],
    db: ['/etc/mysql/lab-server-key.pem', '/etc/quintet/database.password.sha256'],
    web: ['/etc/nginx/tls/site.key'],
  };
  for (const [machine, paths] of Object.entries(secrets)) {
    for (const path of paths) {
      t.is(
        await sh(t, machine, `setpriv --reuid 65534 --regid 65534 --clear-groups cat ${path} 2>/dev/null || echo no`),
        'no',
      );
    }
  }
});

real('provisioning again changes nothing, though the folder is gone', async (t) => {
  const ran = await quintet(lab, 'provision', '-v', 'db', 'lb1');
  ok(t, ran);
  t.notRegex(ran.stderr, /writing \/|setting up the schema|restart of|reload of/);
});
