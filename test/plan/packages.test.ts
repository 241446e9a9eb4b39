import test from 'ava';
import { systems } from '../../src/model/lab.js';
import type { PackageChoices } from '../../src/model/role.js';
import { packagesFor } from '../../src/plan/packages.js';
import { mysqlAvailable } from '../../src/roles/database.js';
import { roleNames } from '../../src/roles/roles.js';

const choices = (change: Partial<PackageChoices> = {}): PackageChoices => ({
  system: 'debian-13',
  app: { runtime: 'node' },
  database: { engine: 'mysql' },
  ...change,
});

test('every machine has a firewall, ssh and certificates, and of the roleNames only its own', (t) => {
  for (const role of roleNames) {
    const { names } = packagesFor(choices(), [role]);
    for (const name of ['nftables', 'openssh-server', 'openssl', 'iproute2']) t.true(names.includes(name));
    t.is(names.includes('haproxy'), role === 'load-balancer');
    t.is(names.includes('nginx'), role === 'web');
    t.is(names.includes('nodejs'), role === 'app');
  }
});

test('MySQL comes from the release on Ubuntu, from sid on Debian 13, and from nowhere on Debian 12', (t) => {
  t.deepEqual(systems.filter(mysqlAvailable), ['debian-13', 'ubuntu-22.04', 'ubuntu-24.04']);
  t.true(packagesFor(choices({ system: 'ubuntu-22.04' }), ['database']).names.includes('mysql-server'));
  t.deepEqual(packagesFor(choices(), ['database']).fromSid, ['mysql-server']);
  t.throws(() => packagesFor(choices({ system: 'debian-12' }), ['database']), { message: /no MySQL/ });
});

test('nothing comes from sid but the database that needs it', (t) => {
  t.deepEqual(packagesFor(choices(), ['load-balancer', 'web', 'app']).fromSid, []);
  for (const system of systems)
    t.deepEqual(packagesFor(choices({ system, database: { engine: 'mariadb' } }), ['database']).fromSid, []);
});

test('a machine of several roleNames has the packages of all, each once', (t) => {
  const { names } = packagesFor(choices(), ['load-balancer', 'web', 'app']);
  t.deepEqual(names, [...new Set(names)].sort());
  for (const name of ['haproxy', 'keepalived', 'nginx', 'nodejs']) t.true(names.includes(name));
});

test("gunicorn's database driver can speak MySQL's own password exchange", (t) => {
  t.true(packagesFor(choices({ app: { runtime: 'gunicorn' } }), ['app']).names.includes('python3-cryptography'));
});
