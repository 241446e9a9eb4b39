import test from 'ava';
import { listenerOf } from '../../src/campaign/checks/gather-connections.js';
import { databaseFacts } from '../../src/campaign/checks/gather-database.js';
import { targetOf } from '../../src/campaign/targets.js';
import { plan } from '../check/plans.js';

const listeners = [
  ['LISTEN 0      511    192.168.56.21:8443      0.0.0.0:*', [{ address: '192.168.56.21', port: 8443 }]],
  ['LISTEN 0      128          0.0.0.0:22        0.0.0.0:*', [{ address: '10.0.0.9', port: 22 }]],
  ['LISTEN 0      128             [::]:22           [::]:*', [{ address: '10.0.0.9', port: 22 }]],
  ['LISTEN 0      151                *:33060           *:*', [{ address: '10.0.0.9', port: 33060 }]],
  ['LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*', []],
  ['LISTEN 0      4096           [::1]:631          [::]:*', []],
  ['LISTEN 0      511    127.0.0.1:8404          0.0.0.0:*', []],
  ['', []],
] as const;

for (const [line, expected] of listeners) {
  test(`ss: ${line || 'an empty line'}`, (t) => t.deepEqual(listenerOf(line, '10.0.0.9'), [...expected]));
}

test('what the database says is read section by section, also where one failed', (t) => {
  const text = [
    '== accounts',
    'app\t192.168.56.31\tANY',
    'root\tlocalhost\t',
    '== variables',
    'innodb_flush_log_at_trx_commit\t1',
    'sync_binlog\t0',
    '== status',
    'wsrep_cluster_status\tPrimary',
    '== grants',
    "GRANT USAGE ON *.* TO 'app'@'192.168.56.31'",
    '',
  ].join('\n');
  t.deepEqual(databaseFacts('db', text), {
    machine: 'db',
    accounts: [
      { user: 'app', host: '192.168.56.31', tls: 'ANY' },
      { user: 'root', host: 'localhost', tls: '' },
    ],
    variables: { innodb_flush_log_at_trx_commit: '1', sync_binlog: '0' },
    status: { wsrep_cluster_status: 'Primary' },
    grants: ["GRANT USAGE ON *.* TO 'app'@'192.168.56.31'"],
  });
  t.deepEqual(databaseFacts('db', '== accounts\n== variables\n== grants\n'), {
    machine: 'db',
    accounts: [],
    variables: {},
    status: {},
    grants: [],
  });
});

const held = (...now: string[]) => ({ now, first: now });

test('a target is the holder, the standby, a machine by name or the first of a role', (t) => {
  t.is(targetOf('vip-holder', plan, held('lb2')), 'lb2');
  t.is(targetOf('vip-standby', plan, held('lb2')), 'lb1');
  t.is(targetOf('db', plan, held('lb1')), 'db');
  t.is(targetOf('database', plan, held('lb1')), 'db');
  t.throws(() => targetOf('vip-holder', plan, held()), { message: /none does/ });
  t.throws(() => targetOf('vip-holder', plan, held('lb1', 'lb2')), { message: /lb1 and lb2/ });
  t.throws(() => targetOf('mail', plan, held('lb1')), { message: /no machine mail/ });
});

test('one of several machines of a role is named by its place, or chance picks one', (t) => {
  const pick = (target: string, place: number) => targetOf(target, plan, held('lb1'), () => place);
  t.is(targetOf('load-balancer[2]', plan, held('lb1')), 'lb2');
  t.deepEqual([pick('any load-balancer', 0), pick('any load-balancer', 1)], ['lb1', 'lb2']);
  t.throws(() => targetOf('web[2]', plan, held('lb1')), { message: /no machine web\[2\]/ });
});

test('the first holder stays who it was when the run began', (t) => {
  const moved = { now: ['lb2'], first: ['lb1'] };
  t.is(targetOf('first-holder', plan, moved), 'lb1');
  t.is(targetOf('first-standby', plan, moved), 'lb2');
  t.is(targetOf('vip-holder', plan, moved), 'lb2');
});
