import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { called, fails, found, passes } from '../rig/findings.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { within } from '../rig/within.js';

/** The lab no-single-point as it ships: two machines at the entry, and three with the application and a database cluster. */

const room = await temporaryRoom();
const lab = join(room, 'cluster');
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
const nodes = ['data1', 'data2', 'data3'] as const;

/** Its others are played where its guide is followed. */
const scenarios = ['data-power-cut', 'entry-power-cut', 'minority-refuses', 'all-power-cut'];

/** Changes a line of lab.yaml. */
const change = async (from: string, to: string): Promise<void> => {
  const path = join(lab, 'lab.yaml');
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`lab.yaml has no ${from}`);
  await writeFile(path, text.replace(from, to));
};

const ok = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const ran = await quintet(argv[0] === 'init' ? room : lab, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const sql = (t: ExecutionContext, machine: string, statement: string): Promise<string> =>
  ok(t, 'exec', machine, '--', 'mariadb', '--batch', '--skip-column-names', `--execute=${statement}`);

const status = async (t: ExecutionContext): Promise<string> =>
  (JSON.parse(await ok(t, 'status', '--format', 'json')) as { together: string[] }).together.join('\n');

test.after.always(async () => {
  await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

real.serial('a cluster comes up with the lab, from nothing, and passes every check', async (t) => {
  await ok(t, 'init', lab, '--lab', 'no-single-point', '--yes', '--set', 'provider=container');
  await ok(t, 'up');
  passes(t, await found((...line) => quintet(lab, ...line), '--checks-only'));
  t.regex(await status(t), /^The database cluster is whole: data1, data2 and data3 take reads and writes\.$/);
});

real.serial('its schema and its account are made once, for all nodes', async (t) => {
  const seen = await Promise.all(
    nodes.map((name) => sql(t, name, "SELECT user, host FROM mysql.user WHERE user = 'app' ORDER BY host")),
  );
  t.is(new Set(seen).size, 1);
  t.is(seen[0]?.split('\n').filter(Boolean).length, 3);
});

inMatrix(real.serial)('what must hold holds, whoever goes, and no write is lost on any machine', async (t) => {
  const findings = await found((...line) => quintet(lab, ...line), ...scenarios, '--retry-timeout', '15s');
  passes(t, findings);
  const played = findings.filter(({ kind }) => kind === 'scenario').map(({ id }) => id);
  t.deepEqual(played.sort(), [...scenarios].sort());
  // Nobody is a single point of failure here; several that were hit at once prove nothing of any of them.
  t.deepEqual(
    findings.flatMap(({ singlePointOfFailure }) => singlePointOfFailure ?? []),
    [],
  );
});

inMatrix(real.serial)('with two of three that said goodbye the third goes on, and says so', async (t) => {
  for (const machine of ['data2', 'data3']) await ok(t, 'halt', machine);
  // Two that say goodbye one after the other leave one that is whole by itself; a third that falls silent would not.
  t.regex(await status(t), /goes on with data1; data2 and data3 will join/);
  await ok(t, 'up');
  t.regex(await status(t), /is whole/);
});

inMatrix(real.serial)('with two of three without power, status says what was lost and what helps', async (t) => {
  for (const machine of ['data2', 'data3']) await ok(t, 'fault', machine, 'power-cut');
  t.true(
    await within(20_000, async () => /has lost its majority: of 3 machines data1 cannot reach/.test(await status(t))),
    await status(t),
  );
  await ok(t, 'heal');
  t.true(await within(60_000, async () => /is whole/.test(await status(t))), await status(t));
});

inMatrix(real.serial)('after a proper halt of all it begins again with the one that has the last write', async (t) => {
  await sql(t, 'data1', "INSERT INTO quintet.entries (id, text) VALUES ('halted-1', 'before the halt')");
  await ok(t, 'halt');
  const some = await quintet(lab, 'up', 'data1');
  t.is(some.exitCode, 0, words(some));
  t.regex(some.stderr, /No majority of the database cluster is there, and data2 and data3 can't be asked/);
  await ok(t, 'up');
  for (const name of nodes)
    t.is((await sql(t, name, "SELECT text FROM quintet.entries WHERE id = 'halted-1'")).trim(), 'before the halt');
});

const processes = (t: ExecutionContext): Promise<string[]> =>
  Promise.all(nodes.map((name) => ok(t, 'exec', name, '--', 'systemctl', 'show', '--property=MainPID', 'mariadb')));

inMatrix(real.serial)('provisioning again restarts nobody without need', async (t) => {
  const before = await processes(t);
  await ok(t, 'provision');
  t.deepEqual(await processes(t), before);
});

inMatrix(real.serial)('other timers restart one database after the other, never all at once', async (t) => {
  const before = await processes(t);
  await change('  timing: fast\n\n# An answer', '  timing: balanced\n\n# An answer');
  await ok(t, 'up');
  for (const [index, now] of (await processes(t)).entries()) t.not(now, before[index]);
  t.regex(await sql(t, 'data2', "SHOW VARIABLES LIKE 'wsrep_provider_options'"), /evs.suspect_timeout = PT1.5S/);
});

inMatrix(real.serial)(
  'databases that put commits on the disk once a second lose acknowledged writes, which are named',
  async (t) => {
    await change('\ndatabase:\n', '\ndatabase:\n  flush: second\n');
    await change('  timeoutMs: 2500\n', '  timeoutMs: 2500\n  writesPerSecond: 50\n');
    await ok(t, 'up');
    // Now and then one of the three has just put its log on the disk. The first run that loses something ends it.
    const findings = await found((...line) => quintet(lab, ...line), 'all-databases-killed', '--until-sure', '95/95');
    fails(t, called(findings, 'database-durability'), /./);
    const killed = called(findings, 'all-databases-killed');
    fails(t, killed, /[1-9]\d* acknowledged writes? lost of \d+/);
    fails(t, killed, /^lost on data1: [0-9a-f]+-\d+/m);
  },
);
