import test from 'ava';
import type { Finding } from '../../src/model/verdict.js';
import { called, fails, findingText, found, passes } from '../rig/findings.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { must, quintet, words } from '../rig/quintet.js';

/** A lab that is backed up: what was dropped comes back with every acknowledged write, and a backup that is none is noticed. */

const { room, lab } = await ownLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const ok = (...line: readonly string[]): Promise<string> => must(lab, ...line);
const sh = (machine: string, script: string): Promise<string> => ok('exec', machine, '--', 'sh', '-euc', script);

const sql = async (statement: string): Promise<string> =>
  (await ok('exec', 'db', '--', 'mysql', '--batch', '--skip-column-names', `--execute=${statement}`)).trim();

const played = (...line: string[]): Promise<Finding[]> => found((...each) => quintet(lab, ...each), ...line);

/** Entries by their ids, in order. */
const entries = (): Promise<string> => sql("SELECT id FROM quintet.entries WHERE id LIKE 'drill-%' ORDER BY id");
const add = (id: string) => sql(`INSERT INTO quintet.entries (id, text) VALUES ('${id}', 'by hand')`);

test.before(async () => {
  await must(room, 'init', 'lab', '--lab', 'backed-up', '--yes', '--set', 'backup.lagSeconds=3');
});

real.serial('it comes up with a base backup that was tried, and status says how old it is', async (t) => {
  await ok('up');
  const { together } = JSON.parse(await ok('status', '--format', 'json')) as { together: string[] };
  t.regex(
    together.join('\n'),
    /^Backups on backup: the last base backup is \d+ s old; binary logs are here up to binlog\.0/,
  );
});

inMatrix(real.serial)(
  'a dropped table comes back with all that was acknowledged, and a lost backup server is missed by nobody',
  async (t) => {
    const findings = await played('table-dropped', 'backup-power-cut');
    passes(t, findings);
    const dropped = called(findings, 'table-dropped');
    const took = dropped.measures?.find(({ name }) => name === 'restored after');
    t.true(took !== undefined && took.value > 0 && (took.atMost ?? 0) >= 45_000, findingText(dropped));
    t.true((dropped.measures?.find(({ name }) => name === 'writes acknowledged')?.value ?? 0) > 0);
    t.regex(findingText(dropped), /restored on db, without DROP TABLE `quintet`\.`entries` of /);
    t.regex(findingText(dropped), /restore: last write on the backup server .* put into their place/);
  },
);

real.serial('a drill restores everything beside the database, and tells how long it took', async (t) => {
  await add('drill-1');
  const ran = await quintet(lab, 'restore', '--drill');
  t.is(ran.exitCode, 0, words(ran));
  t.regex(ran.stdout, /^all of it +\d+\.\d s$/m);
  t.regex(ran.stderr, /The drill passed/);
  t.regex((await quintet(lab, 'restore', '--yes')).stderr, /no table that was dropped or emptied and is still missing/);
});

real.serial(
  'a base backup that was cut off, and a stream that stands still: each check fails for its own reason',
  async (t) => {
    await sh('backup', 'systemctl stop quintet-backup-stream');
    await sh('backup', 'truncate --size=-30 /var/lib/quintet-backup/base/*/dump.sql.gz');
    const findings = await played('--checks-only', '--retry-timeout', '1ms');
    fails(t, called(findings, 'backup-base'), /can't be restored: it is not what was written/);
    fails(
      t,
      called(findings, 'backup-stream'),
      /stream of binary logs is inactive; a write was not on the backup server/,
    );
    fails(t, called(findings, 'services'), /quintet-backup-stream\.service on backup is inactive/);
    const refused = await quintet(lab, 'fault', 'db', 'table-dropped');
    t.is(refused.exitCode, 3);
    t.regex(refused.stderr, /last base backup can't be used/);
    const drill = await quintet(lab, 'restore', '--drill');
    t.is(drill.exitCode, 3, words(drill));
    t.regex(drill.stderr, /Nothing can be restored: the last base backup can't be used: it is not what was written/);
    await sh('backup', 'systemctl start quintet-backup-stream');
    await ok('backup');
    t.regex((await quintet(lab, 'status')).stderr, /the last base backup is \d+ s old; binary logs are here/);
  },
);

inMatrix(real.serial)(
  'a binary log that expired before it was fetched: a check fails until there is a new base backup',
  async (t) => {
    await sh('backup', 'systemctl stop quintet-backup-stream quintet-backup-base.timer');
    for (const _ of [1, 2]) await sql('FLUSH BINARY LOGS');
    const last = (await sql('SHOW BINARY LOGS')).split('\n').at(-1)?.split('\t')[0] ?? '';
    await sql(`PURGE BINARY LOGS TO '${last}'`);
    await sh('backup', 'systemctl start quintet-backup-stream');
    await sh(
      'backup',
      'for i in $(seq 100); do [ -e /var/lib/quintet-backup/problem ] && exit 0; sleep 0.1; done; exit 1',
    );
    fails(
      t,
      called(await played('--checks-only'), 'backup-base'),
      /no longer has binlog\.\d+, which was not fetched to its end/,
    );
    await ok('backup');
    await sh('backup', 'systemctl start quintet-backup-base.timer');
    await sh(
      'backup',
      'for i in $(seq 100); do systemctl is-active --quiet quintet-backup-stream && exit 0; sleep 0.1; done',
    );
    passes(t, await played('--checks-only'));
  },
);

inMatrix(real.serial)('a backup account that may write: a check fails, and provisioning mends it', async (t) => {
  await sql("GRANT INSERT ON quintet.* TO 'quintet_backup'@'192.168.56.71'");
  fails(t, called(await played('--checks-only'), 'backup-account'), /too wide: INSERT on quintet\.\*/);
  await ok('provision', 'db');
  passes(t, [called(await played('--checks-only'), 'backup-account')]);
});

inMatrix(real.serial)(
  'what was emptied comes back with what was written since, and a point in time puts later entries aside',
  async (t) => {
    await add('drill-2');
    await sql('TRUNCATE quintet.entries');
    await add('drill-3');
    await ok('restore', '--yes');
    t.is(await entries(), 'drill-1\ndrill-2\ndrill-3');
    // The time of an event counts in whole seconds.
    await sh('db', 'sleep 1.1');
    const until = (await sql('SELECT UTC_TIMESTAMP()')).trim();
    await sh('db', 'sleep 1.1');
    await add('drill-4');
    await ok('restore', '--until', until, '--yes');
    t.is(await entries(), 'drill-1\ndrill-2\ndrill-3');
    t.is(await sql("SELECT id FROM quintet_before_restore.entries WHERE id = 'drill-4'"), 'drill-4');
    t.is(await sql('SELECT @@GLOBAL.read_only'), '0');
    // The way on goes over both restores, and then from a base backup that comes after them.
    await ok('fault', 'db', 'table-dropped', '--for', '100ms');
    await ok('backup');
    await ok('fault', 'db', 'table-dropped', '--for', '100ms');
    t.is(await entries(), 'drill-1\ndrill-2\ndrill-3');
  },
);

inMatrix(real.serial)('a database that was lost for good gets all that was kept, on a machine made anew', async (t) => {
  await add('drill-5');
  await sh('db', 'sleep 1');
  await ok('destroy', 'db', '--yes');
  await ok('up');
  t.is(await entries(), '');
  fails(
    t,
    called(await played('--checks-only'), 'backup-base'),
    /the database is another one than these backups are of/,
  );
  await ok('restore', '--yes');
  t.is(await entries(), 'drill-1\ndrill-2\ndrill-3\ndrill-5');
  await sh(
    'backup',
    'for i in $(seq 100); do systemctl is-active --quiet quintet-backup-stream && exit 0; sleep 0.1; done',
  );
  passes(t, await played('table-dropped'));
  t.is(await entries(), 'drill-1\ndrill-2\ndrill-3\ndrill-5');
});
