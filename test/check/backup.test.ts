import test from 'ava';
import { judgeBackupAccount, judgeBase, judgeStream } from '../../src/check/backup.js';
import { judgeRights } from '../../src/check/database.js';
import type { BackupFacts } from '../../src/check/facts.js';
import { judgeRestore, restoredLines } from '../../src/check/restore.js';
import type { History } from '../../src/model/history.js';
import { planOf } from '../../src/plan/plan.js';
import { backup } from '../../src/roles/backup.js';
import { ageWords, backupStateOf, backupWords, unusable } from '../../src/roles/backup-state.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const plan = planOf(labSchema.parse({ additional: 'backup' }));
const address = '192.168.56.71';
const base = { name: '2026-11-26T16-50-55Z', ageS: 60, log: 'binlog.000001', gtids: 'u:1-20', problem: '' };
const state = {
  base,
  bases: 2,
  stream: 'active',
  last: { log: 'binlog.000002', bytes: 120 },
  gap: '',
  database: true,
  same: true,
  freeMb: 3000,
  modes: ['/var/lib/quintet-backup 700 quintet-backup', '/etc/quintet/backup.cnf 400 quintet-backup'],
};
const facts: BackupFacts = {
  state,
  reachedMs: 300,
  behind: '',
  knownGtids: true,
  accounts: [
    { user: 'root', host: 'localhost', tls: '' },
    { user: 'quintet_backup', host: address, tls: 'ANY' },
  ],
  grants: [
    `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO \`quintet_backup\`@\`${address}\``,
    `GRANT FLUSH_TABLES,SHOW_ROUTINE ON *.* TO \`quintet_backup\`@\`${address}\``,
    `GRANT SELECT, SHOW VIEW, EVENT, TRIGGER ON \`quintet\`.* TO \`quintet_backup\`@\`${address}\``,
  ],
};
const having = (some: Partial<typeof state>): BackupFacts => ({ ...facts, state: { ...state, ...some } });

test('backups that are well pass', (t) => {
  for (const judge of [judgeBase, judgeStream, judgeBackupAccount]) t.is(judge(facts, plan).outcome, 'pass');
});

const wrongBases: readonly (readonly [string, BackupFacts, RegExp])[] = [
  ['none', { ...facts, state: { ...state, base: undefined } as never }, /no base backup/],
  [
    'one that was cut off',
    having({ base: { ...base, problem: 'it was cut off' } }),
    /can't be restored: it was cut off/,
  ],
  ['one that is too old', having({ base: { ...base, ageS: 49 * 3600 } }), /49 h old, more than 48 h/],
  ['a gap in the binary logs', having({ gap: 'binlog.000002 is missing' }), /missing: binlog\.000002/],
  ['one of another past', { ...facts, knownGtids: false }, /another past/],
  ['a disk that is full', having({ freeMb: 12 }), /nearly full: 12 MiB/],
];
for (const [what, wrong, says] of wrongBases) {
  test(`a base backup: ${what} fails`, (t) => {
    const { outcome, detail } = judgeBase(wrong, plan);
    t.is(outcome, 'fail');
    t.regex(detail, says);
  });
}

test('one missed base backup is borne, a second is not', (t) => {
  t.is(judgeBase(having({ base: { ...base, ageS: 47 * 3600 } }), plan).outcome, 'pass');
  t.is(judgeBase(having({ base: { ...base, ageS: 48 * 3600 + 1 } }), plan).outcome, 'fail');
});

test('a write that does not arrive fails, and so does a stream that does not run', (t) => {
  const { reachedMs: _, ...silent } = facts;
  const late = judgeStream({ ...silent, behind: 'backup: here up to binlog.000001' }, plan);
  t.is(late.outcome, 'fail');
  t.regex(late.detail, /not on the backup server after 10 s: .*binlog\.000001/);
  t.regex(judgeStream(having({ stream: 'activating' }), plan).detail, /stream of binary logs is activating/);
});

const accounts: readonly (readonly [string, Partial<BackupFacts>, RegExp])[] = [
  [
    'a right to write',
    { grants: [...facts.grants, 'GRANT INSERT ON `quintet`.* TO `quintet_backup`@`x`'] },
    /too wide: INSERT on quintet/,
  ],
  ['a right that is missing', { grants: facts.grants.slice(1) }, /no right: REPLICATION SLAVE on \*\.\*/],
  ['no TLS', { accounts: [{ user: 'quintet_backup', host: address, tls: '' }] }, /without TLS/],
  [
    'any address',
    { accounts: [...facts.accounts, { user: 'quintet_backup', host: '%', tls: 'ANY' }] },
    /@% is not the backup server/,
  ],
  ['no account', { accounts: [] }, /no account quintet_backup@/],
  [
    'others who read',
    { state: { ...state, modes: ['/var/lib/quintet-backup 755 quintet-backup'] } },
    /others may read \/var\/lib/,
  ],
];
for (const [what, wrong, says] of accounts) {
  test(`the account of the backup server: ${what} fails`, (t) => {
    const { outcome, detail } = judgeBackupAccount({ ...facts, ...wrong }, plan);
    t.is(outcome, 'fail');
    t.regex(detail, says);
  });
}

test('to the check of the application’s rights the backup server is no stranger, from its own address', (t) => {
  const database = {
    machine: 'db',
    variables: {},
    status: {},
    grants: ['GRANT SELECT, INSERT ON `quintet`.`entries` TO `app`@`192.168.56.31`'],
  };
  const app = { user: 'app', host: '192.168.56.31', tls: 'ANY' };
  const with_ = (host: string) => ({ ...database, accounts: [app, { user: 'quintet_backup', host, tls: 'ANY' }] });
  t.is(judgeRights(with_(address), plan).outcome, 'pass');
  t.is(judgeRights(with_('%'), plan).outcome, 'fail');
  t.is(judgeRights(with_(address), planOf(labSchema.parse({}))).outcome, 'fail');
});

const healed = (tookMs: number, restored = true): History => [
  {
    type: 'heal',
    atMs: 3000,
    machine: 'db',
    fault: 'table-dropped',
    tookMs,
    ...(restored && {
      restored: {
        without: { transaction: 'u:23', time: '2026-11-26 16:51:06', statement: 'DROP TABLE `a`' },
        steps: [{ what: 'base backup', tookMs: 120 }],
        rows: { entries: 25 },
      },
    }),
  },
];

test('a restore is judged by how long it took, and one that never was fails', (t) => {
  t.is(judgeRestore(healed(4000), { withinMs: 45_000 })?.outcome, 'pass');
  const late = judgeRestore(healed(46_000), { withinMs: 45_000 });
  t.is(late?.outcome, 'fail');
  t.regex(late?.detail ?? '', /46,000 ms, longer than 45,000 ms/);
  t.is(late?.measures?.[0]?.value, 46_000);
  t.is(judgeRestore(healed(10, false), { withinMs: 45_000 })?.outcome, 'fail');
  t.is(judgeRestore(healed(4000), undefined), undefined);
  t.deepEqual(restoredLines(healed(4000)), [
    'restored on db, without DROP TABLE `a` of 2026-11-26 16:51:06 (u:23): entries with 25 rows',
    'restore: base backup 120 ms',
  ]);
});

test('the state of the backups is told in a line', (t) => {
  t.is(
    backupWords('backup', state),
    'Backups on backup: the last base backup is 60 s old; binary logs are here up to binlog.000002, 120 bytes of it.',
  );
  t.regex(
    backupWords('backup', { ...state, stream: 'failed', gap: 'binlog.000002 is missing' }),
    /is failed; binlog\.000002/,
  );
  t.regex(backupWords('backup', backupStateOf('{"half')), /does not say/);
  t.deepEqual([60, 600, 7200, 400_000].map(ageWords), ['60 s', '10 min', '2 h', '5 days']);
});

test('up waits for the first base backup, and refuses when the database does not answer', (t) => {
  const [convergence] = backup.convergences ?? [];
  const next = (text: string | undefined) => convergence?.next(new Map([['backup', text]]), plan).kind;
  t.is(next(JSON.stringify(state)), 'done');
  t.is(next(JSON.stringify({ ...state, base: undefined })), 'wait');
  t.is(next(JSON.stringify({ ...state, base: undefined, database: false })), 'refuse');
  t.is(next(undefined), 'refuse');
});

test('what nothing can be restored from is told before anybody waits for it', (t) => {
  const base = { name: 'b', ageS: 1, log: 'binlog.000001', gtids: '', problem: '' };
  const { base: _, ...without } = state;
  const sound = { ...without, base, gap: '', stream: 'active', same: true };
  t.is(unusable(sound), undefined);
  t.is(unusable({ ...sound, stream: 'activating' }), undefined, 'it begins again by itself');
  t.is(unusable({ ...sound, stream: 'inactive', same: false }), undefined, 'of a lost database nothing more comes');
  t.regex(unusable({ ...sound, stream: 'failed' }) ?? '', /stream of binary logs is failed/);
  t.regex(unusable({ ...sound, gap: 'binlog.000002 is missing' }) ?? '', /gap: binlog\.000002/);
  t.regex(unusable({ ...sound, base: { ...base, problem: 'cut off' } }) ?? '', /can't be used: cut off/);
  t.regex(unusable(without) ?? '', /no base backup yet/);
});
