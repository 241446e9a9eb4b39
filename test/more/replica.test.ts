import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/verdict.js';
import { called, fails, found, passes } from '../rig/findings.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { within } from '../rig/within.js';

/** The lab replicated as it ships: a source and its replica behind one application. */

const room = await temporaryRoom();
const lab = join(room, 'replicated');
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const ok = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const ran = await quintet(argv[0] === 'init' ? room : lab, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const sql = (t: ExecutionContext, machine: string, statement: string): Promise<string> =>
  ok(t, 'exec', machine, '--', 'mariadb', '--batch', '--skip-column-names', `--execute=${statement}`);

const find = (...line: string[]): Promise<readonly Finding[]> => found((...all) => quintet(lab, ...all), ...line);

const status = async (t: ExecutionContext): Promise<string> =>
  (JSON.parse(await ok(t, 'status', '--format', 'json')) as { together: string[] }).together.join('\n');

const whole = /^db[12] takes writes, and db[12] confirms each before it is acknowledged/;
const isWhole = async (t: ExecutionContext): Promise<void> =>
  void t.true(await within(30_000, async () => whole.test(await status(t))), await status(t));

/** Which of the two takes writes, and which does not. */
const pair = async (t: ExecutionContext): Promise<readonly [source: string, replica: string]> => {
  const readOnly = (await sql(t, 'db1', 'SELECT @@GLOBAL.read_only')).trim() === '1';
  return readOnly ? ['db2', 'db1'] : ['db1', 'db2'];
};

test.after.always(async () => {
  await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

real.serial('a source and its replica come up with the lab, from nothing, and pass every check', async (t) => {
  await ok(t, 'init', lab, '--lab', 'replicated', '--yes', '--set', 'provider=container');
  await ok(t, 'up');
  passes(t, await find('--checks-only'));
  t.regex(await status(t), /^db1 takes writes, and db2 confirms each before it is acknowledged/);
});

const long = inMatrix(real.serial);

for (const id of ['source-power-cut-and-promote', 'planned-promotion', 'replica-power-cut', 'databases-parted']) {
  long(`${id}: what must hold holds, and no write is lost on either machine`, async (t) => {
    passes(t, await find(id, '--retry-timeout', '15s'));
    await isWhole(t);
  });
}

real.serial('the replica takes no writes, and a replica that takes some fails a check', async (t) => {
  const [, replica] = await pair(t);
  await sql(t, replica, 'SET GLOBAL read_only = OFF');
  const findings = await find('--checks-only', '--retry-timeout', '1ms');
  fails(t, called(findings, 'database-replica'), /db[12] and db[12] both take writes/);
  await sql(t, replica, 'SET GLOBAL read_only = ON');
});

long('a source that restarts takes writes again, for its replica follows it still', async (t) => {
  const [source] = await pair(t);
  await ok(t, 'fault', source, 'service-restarted', '--service', 'database');
  await isWhole(t);
  t.is((await pair(t))[0], source);
});

long('without its source the replica is not promoted by up, and by promote it is', async (t) => {
  const [source, replica] = await pair(t);
  await ok(t, 'fault', source, 'power-cut');
  const up = await quintet(lab, 'up', replica);
  t.regex(words(up), /nobody knows whether db[12] has the last writes/);
  await ok(t, 'promote', replica);
  await ok(t, 'heal');
  // Nobody told it anything, and it takes no writes.
  t.true(await within(30_000, async () => /follows nobody and takes no writes/.test(await status(t))), await status(t));
  t.is((await sql(t, source, 'SELECT @@GLOBAL.read_only')).trim(), '1');
  await ok(t, 'up');
  await isWhole(t);
  t.is((await pair(t))[0], replica);
});

long('a new configuration comes to one after the other, and both are halted and come back', async (t) => {
  await sql(t, (await pair(t))[0], "INSERT INTO quintet.entries (id, text) VALUES ('halted-1', 'before the halt')");
  await ok(t, 'halt');
  await ok(t, 'up');
  await isWhole(t);
  for (const name of ['db1', 'db2'])
    t.is((await sql(t, name, "SELECT text FROM quintet.entries WHERE id = 'halted-1'")).trim(), 'before the halt');
});

const blind = `
id: blind-promotion
title: A replica that was parted from its source is promoted by force
why: What the source acknowledged alone is lost.
before: 600 ms
faults:
  - name: parted
    fault: cluster-partition
    target: first-replica
    for: semiSync + 3 s
    until: {made: promotion}
  - name: cut
    fault: power-cut
    target: first-source
    when: {made: parted}
    at: semiSync + 2 s
    for: 1 s
    until: {made: promotion}
  - name: promotion
    fault: promote-blindly
    target: first-replica
    when: {made: cut}
    at: 500 ms
    for: 100 ms
    until: {undone: cut, up: {database: first-source}}
after: 600 ms
expect:
  writes: kept
`;

long('a blind promotion loses acknowledged writes, which are named', async (t) => {
  await writeFile(join(lab, 'scenarios', 'blind-promotion.yaml'), blind.trimStart());
  const lost = called(await find('blind-promotion'), 'blind-promotion');
  fails(t, lost, /[1-9]\d* acknowledged writes? lost of \d+/);
  fails(t, lost, /^lost: [0-9a-f]+-\d+/m);
  await isWhole(t);
});

long('a source that comes back and takes writes fails the scenario', async (t) => {
  const configuration = '/etc/mysql/mariadb.conf.d/99-quintet-replica.cnf';
  const script = '/usr/local/lib/quintet/database-pair';
  for (const name of ['db1', 'db2']) {
    await ok(t, 'exec', name, '--', 'sed', '-i', 's/^read_only = ON/read_only = OFF/', configuration);
    // It would notice the other one, and stop.
    await ok(t, 'exec', name, '--', 'sed', '-i', "s/^    sql <<<'SET GLOBAL read_only = ON;'$/    true/", script);
    await ok(t, 'exec', name, '--', 'systemctl', 'restart', 'quintet-database-pair');
  }
  const id = 'source-power-cut-and-promote';
  fails(t, called(await find(id), id), /db1 and db2 both took writes for/);
});
