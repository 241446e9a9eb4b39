import test from 'ava';
import { engines, roles, runtimes, systems } from '../../src/model/lab.js';
import { mysqlAvailable, packagesFor } from '../../src/plan/packages.js';

const choices = { system: 'debian-13', app: { runtime: 'node' }, database: { engine: 'mysql' } } as const;

test('each role brings the program it is for', (t) => {
  const names = (role: (typeof roles)[number]) => packagesFor(choices, [role]).names;
  t.true(names('load-balancer').includes('haproxy') && names('load-balancer').includes('keepalived'));
  t.true(names('web').some((name) => name.startsWith('nginx')));
  t.true(names('app').includes('nodejs'));
  t.true(packagesFor({ ...choices, app: { runtime: 'gunicorn' } }, ['app']).names.includes('gunicorn'));
});

test('MySQL comes from sid on Debian 13 and from the release on Ubuntu', (t) => {
  t.deepEqual(packagesFor(choices, ['database']).fromSid, ['mysql-server']);
  const ubuntu = packagesFor({ ...choices, system: 'ubuntu-24.04' }, ['database']);
  t.true(ubuntu.names.includes('mysql-server'));
  t.deepEqual(ubuntu.fromSid, []);
});

test('nothing but MySQL is taken from sid', (t) => {
  for (const system of systems) {
    for (const engine of engines) {
      if (engine === 'mysql' && !mysqlAvailable(system)) continue;
      for (const runtime of runtimes) {
        const { fromSid } = packagesFor({ system, app: { runtime }, database: { engine } }, roles);
        t.true(
          fromSid.every((name) => name.startsWith('mysql')),
          `${system} ${engine}: ${fromSid.join()}`,
        );
      }
    }
  }
});

test('where MySQL can’t be had, MariaDB is never taken in its place silently', (t) => {
  t.false(mysqlAvailable('debian-12'));
  t.throws(() => packagesFor({ ...choices, system: 'debian-12' }, ['database']));
});

test('a machine of several roles has the packages of each, each once and in order', (t) => {
  const both = packagesFor(choices, ['load-balancer', 'web']).names;
  t.deepEqual(both, [...new Set(both)].sort());
  for (const role of ['load-balancer', 'web'] as const) {
    for (const name of packagesFor(choices, [role]).names) t.true(both.includes(name));
  }
});

test('the web machine has no database and the database machine no web server', (t) => {
  t.false(packagesFor(choices, ['web']).names.some((name) => /mysql|mariadb/.test(name)));
  t.false(packagesFor(choices, ['database']).names.some((name) => /nginx|haproxy|nodejs/.test(name)));
});
