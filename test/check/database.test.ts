import test from 'ava';
import {
  grantOf,
  judgeCluster,
  judgeDatabaseTls,
  judgeDurability,
  judgePair,
  judgeRights,
  ofEach,
} from '../../src/check/database.js';
import type { DatabaseFacts } from '../../src/check/facts.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { memberLook } from '../../src/roles/replica.js';
import { addressOf, plan } from './plans.js';

const host = addressOf('app');
const root = { user: 'root', host: 'localhost', tls: '' };
const app = { user: 'app', host, tls: 'ANY' };

const good: DatabaseFacts = {
  machine: 'db',
  status: {},
  accounts: [root, app, { user: 'mysql.sys', host: 'localhost', tls: '' }],
  grants: [`GRANT USAGE ON *.* TO \`app\`@\`${host}\``, `GRANT SELECT, INSERT ON \`quintet\`.* TO \`app\`@\`${host}\``],
  variables: { innodb_flush_log_at_trx_commit: '1', sync_binlog: '1', require_secure_transport: 'OFF' },
};

const granted = (...grants: string[]): DatabaseFacts => ({ ...good, grants });
const accounts = (...all: DatabaseFacts['accounts']): DatabaseFacts => ({ ...good, accounts: all });

const cases = [
  ['rights', judgeRights, 'exactly what is needed', good, 'pass'],
  [
    'rights',
    judgeRights,
    'one right too many',
    granted('GRANT SELECT, INSERT, DELETE ON `quintet`.* TO `app`@`x`'),
    'fail',
  ],
  ['rights', judgeRights, 'everything everywhere', granted('GRANT ALL PRIVILEGES ON *.* TO `app`@`x`'), 'fail'],
  [
    'rights',
    judgeRights,
    'another schema as well',
    granted(...good.grants, 'GRANT SELECT ON `mysql`.* TO `app`@`x`'),
    'fail',
  ],
  [
    'rights',
    judgeRights,
    'the right to pass them on',
    granted('GRANT SELECT, INSERT ON `quintet`.* TO `app`@`x` WITH GRANT OPTION'),
    'fail',
  ],
  ['rights', judgeRights, 'a role', granted(...good.grants, 'GRANT `admin`@`%` TO `app`@`x`'), 'fail'],
  ['rights', judgeRights, 'too few', granted('GRANT SELECT ON `quintet`.* TO `app`@`x`'), 'fail'],
  [
    'rights',
    judgeRights,
    'on the one table alone',
    granted('GRANT SELECT, INSERT ON `quintet`.`entries` TO `app`@`x`'),
    'pass',
  ],
  ['rights', judgeRights, 'none at all', granted(), 'fail'],
  ['rights', judgeRights, 'from anywhere', accounts(root, app, { ...app, host: '%' }), 'fail'],
  [
    'rights',
    judgeRights,
    'a stranger from elsewhere',
    accounts(root, app, { user: 'eve', host: '%', tls: '' }),
    'fail',
  ],
  ['rights', judgeRights, 'root from elsewhere', accounts(root, app, { ...root, host: '%' }), 'fail'],
  ['rights', judgeRights, 'no account', accounts(root), 'fail'],
  ['TLS', judgeDatabaseTls, 'demanded by the account', good, 'pass'],
  ['TLS', judgeDatabaseTls, 'demanded by nobody', accounts(root, { ...app, tls: '' }), 'fail'],
  [
    'TLS',
    judgeDatabaseTls,
    'demanded by the server',
    { ...accounts({ ...app, tls: '' }), variables: { require_secure_transport: 'ON' } },
    'pass',
  ],
  ['durability', judgeDurability, 'both logs flushed', good, 'pass'],
  [
    'durability',
    judgeDurability,
    'the binary log not',
    { ...good, variables: { ...good.variables, sync_binlog: '0' } },
    'fail',
  ],
  ['durability', judgeDurability, 'nothing known', { ...good, variables: {} }, 'fail'],
] as const;

for (const [what, judge, when, facts, outcome] of cases) {
  test(`${what}: ${when} is ${outcome}`, (t) => {
    const judgement = judge(facts, plan);
    t.is(judgement.outcome, outcome, judgement.detail);
  });
}

test('a password hash never becomes evidence', (t) => {
  const line = `GRANT USAGE ON *.* TO \`app\`@\`${host}\` IDENTIFIED BY PASSWORD '*0123' REQUIRE SSL`;
  const { evidence } = judgeRights(granted(line, ...good.grants), plan);
  t.false(JSON.stringify(evidence).includes('*0123'));
});

test('a grant is read with its escapes', (t) => {
  t.deepEqual(grantOf('GRANT SELECT (`a`, `b`), INSERT ON `my\\_lab`.`t` TO `app`@`x`'), {
    privileges: ['INSERT', 'SELECT (`a`, `b`)'],
    on: 'my_lab.t',
    grantOption: false,
  });
});

const couple = planOf(
  labSchema.parse({
    machines: {
      front: { roles: ['load-balancer', 'web', 'app'] },
      d1: { roles: ['database'], address: '192.168.56.61' },
      d2: { roles: ['database'], address: '192.168.56.62' },
    },
    database: { topology: 'replica' },
  }),
);

const member = (machine: string, lines: string): DatabaseFacts => ({
  ...good,
  machine,
  member: memberLook(machine, `active=active\n${lines}`),
});
const source = member('d1', 'read_only=0\nsource=1\nepoch=1\nsemi=ON\nclients=1');
const replica = member('d2', 'read_only=1\nfollows=192.168.56.61\nio=Yes\nsql=Yes\nbehind=2\nepoch=1');

const couples = [
  ['a source and its replica', [source, replica], 'pass', 'd1 takes writes, d2 confirms each'],
  ['two that take writes', [source, member('d2', 'read_only=0\nsource=1')], 'fail', 'd1 and d2 both take writes'],
  ['nobody who takes writes', [member('d1', 'read_only=1\nsource=1'), replica], 'fail', 'no database takes writes'],
  ['one that follows nobody', [source, member('d2', 'read_only=1')], 'fail', 'd2 does not follow d1'],
  [
    'a source that does not wait',
    [member('d1', 'read_only=0\nsource=1\nsemi=OFF\nclients=1'), replica],
    'fail',
    'd1 acknowledges writes that d2 has not confirmed',
  ],
  [
    'a replica that is cut off',
    [source, member('d2', 'read_only=1\nfollows=192.168.56.61\nio=Connecting\nsql=Yes\ntrouble=no route')],
    'fail',
    'd2 gets no writes: no route',
  ],
] as const;

for (const [when, facts, outcome, says] of couples) {
  test(`pair: ${when} is ${outcome}`, (t) => {
    const judgement = judgePair(facts, couple);
    t.is(judgement.outcome, outcome, judgement.detail);
    t.true(judgement.detail.includes(says), judgement.detail);
  });
}

test('the account of a replica may come from the other database, over TLS, and from nowhere else', (t) => {
  const at = (from: string, tls = 'ANY'): DatabaseFacts => {
    const front = couple.machines.find(({ name }) => name === 'front')?.address ?? '';
    const all = [root, { ...app, host: front }, { user: 'quintet_replica', host: from, tls }];
    return { ...good, machine: 'd1', accounts: all };
  };
  t.is(judgeRights(at('192.168.56.62'), couple).outcome, 'pass');
  t.is(judgeRights(at('192.168.56.61'), couple).outcome, 'fail');
  t.is(judgeRights(at('192.168.56.62', ''), couple).outcome, 'fail');
  t.is(
    judgeRights(accounts(root, app, { user: 'quintet_replica', host: '192.168.56.62', tls: 'ANY' }), plan).outcome,
    'fail',
  );
});

const wsrep = (more: Record<string, string> = {}): DatabaseFacts['status'] =>
  Object.fromEntries(
    Object.entries({
      ...{ cluster_status: 'Primary', local_state: '4', local_state_comment: 'Synced', ready: 'ON' },
      ...{ cluster_size: '3', cluster_state_uuid: 'one', ...more },
    }).map(([name, value]) => [`wsrep_${name}`, value]),
  );
const nodes = (...each: Record<string, string>[]): DatabaseFacts[] =>
  each.map((more, index) => ({ ...good, machine: `d${index + 1}`, status: wsrep(more) }));

const clusters = [
  ['all in step', nodes({}, {}, {}), 'pass', ''],
  ['one torn off', nodes({}, {}, { cluster_status: 'non-Primary', ready: 'OFF' }), 'fail', 'd3 belongs to no majority'],
  [
    'one behind',
    nodes({}, { local_state: '1', local_state_comment: 'Joining' }, {}),
    'fail',
    'd2 is Joining, not Synced',
  ],
  ['one unseen', nodes({ cluster_size: '2' }, { cluster_size: '2' }, {}), 'fail', 'd1 sees 2 of 3 nodes'],
  ['a split', nodes({}, {}, { cluster_state_uuid: 'other' }), 'fail', 'd3 has the data of another cluster than d1'],
  ['no cluster at all', nodes({}).map((each) => ({ ...each, status: {} })), 'fail', 'd1 belongs to no majority'],
] as const;

for (const [when, facts, outcome, says] of clusters) {
  test(`cluster: ${when} is ${outcome}`, (t) => {
    const judgement = judgeCluster(facts);
    t.is(judgement.outcome, outcome, judgement.detail);
    t.true(judgement.detail.includes(says), judgement.detail);
  });
}

test('of several databases whatever is wrong is said with the machine’s name', (t) => {
  const [first, second] = nodes({}, {});
  const lax = { ...good, ...second, variables: { ...good.variables, innodb_flush_log_at_trx_commit: '2' } };
  const judgement = ofEach(judgeDurability)([first ?? good, lax], plan);
  t.is(judgement.outcome, 'fail');
  t.is(judgement.detail, 'd2: innodb_flush_log_at_trx_commit is 2, not 1');
  t.is(ofEach(judgeDurability)([good], plan).detail, judgeDurability(good, plan).detail);
});
