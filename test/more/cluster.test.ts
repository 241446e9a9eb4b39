import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import type { Finding } from '../../src/model/verdict.js';
import { findingText, found } from '../rig/at-last.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { within } from '../rig/within.js';

/** A lab without a single point of failure: two machines at the entry, and three with the application and a database cluster. */

const room = await temporaryRoom();
const lab = join(room, 'cluster');
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
const nodes = ['data1', 'data2', 'data3'] as const;

const roles = (...names: string[]) => ({ roles: names });
const file = {
  name: 'cluster',
  provider: 'container',
  network: { domain: 'cluster.test' },
  machines: {
    entry1: roles('load-balancer', 'web'),
    entry2: roles('load-balancer', 'web'),
    ...Object.fromEntries(nodes.map((name) => [name, roles('app', 'database')])),
  },
  vrrp: { timing: 'fast' },
  database: { topology: 'cluster', timing: 'fast' },
  // Whoever is merely held up while the cluster agrees who is left is answered in time.
  verify: { limitMs: 1200, timeoutMs: 1300 },
};

const powerCut = (target: string, forText: string) => ({ fault: 'power-cut', target, for: forText });
const outage = { static: { outageAtMost: '150 ms' }, dynamic: { outage: 'expected', status: 503, backWithin: '40 s' } };
const scenarios = [
  {
    id: 'data-power-cut',
    title: 'One of three data machines loses its power',
    why: 'Two of three are a majority, and go on.',
    faults: [powerCut('database[2]', 'clusterDown + 2 s')],
    expect: { site: { failedAtMost: 0, outageAtMost: 'clusterDown + 150 ms' } },
  },
  {
    id: 'majority-power-cut',
    title: 'Two of three data machines lose their power at once',
    why: 'The one that is left may not know the last writes, so it serves none.',
    faults: ['database[2]', 'database[3]'].map((target) => powerCut(target, 'clusterDown + 3 s')),
    expect: outage,
  },
  {
    id: 'whole-power-cut',
    title: 'All data machines lose their power at once',
    why: 'They find together by themselves, and nothing that was acknowledged is lost.',
    faults: [powerCut('each database', '3 s')],
    expect: outage,
  },
];

const ok = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const ran = await quintet(lab, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const sql = (t: ExecutionContext, machine: string, statement: string): Promise<string> =>
  ok(t, 'exec', machine, '--', 'mariadb', '--batch', '--skip-column-names', `--execute=${statement}`);

const passes = (t: ExecutionContext, findings: readonly Finding[]): void => {
  for (const one of findings) t.is(one.outcome, 'pass', findingText(one));
};

const status = async (t: ExecutionContext): Promise<string> =>
  (JSON.parse(await ok(t, 'status', '--format', 'json')) as { together: string[] }).together.join('\n');

test.after.always(async () => {
  await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

real.serial('a cluster comes up with the lab, from nothing, and passes every check', async (t) => {
  t.is((await quintet(room, 'init', 'cluster', '--yes', '--set', 'provider=container')).exitCode, 0);
  await rm(join(lab, 'scenarios'), { recursive: true });
  await mkdir(join(lab, 'scenarios'));
  await writeFile(join(lab, 'lab.yaml'), stringify(file));
  await ok(t, 'up');
  for (const scenario of scenarios) await writeFile(join(lab, 'scenarios', `${scenario.id}.yaml`), stringify(scenario));
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

for (const { id, title } of scenarios) {
  real.serial(`${title}: what must hold holds, and no write is lost on any of them`, async (t) => {
    const findings = await found((...line) => quintet(lab, ...line), id, '--retry-timeout', '15s');
    passes(t, findings);
    // Several that were hit at once prove nothing of any of them.
    t.deepEqual(
      findings.flatMap(({ singlePointOfFailure }) => singlePointOfFailure ?? []),
      [],
    );
  });
}

real.serial('with two of three off, status says what was lost and what helps', async (t) => {
  for (const machine of ['data2', 'data3']) await ok(t, 'halt', machine);
  // Two that say goodbye one after the other leave one that is whole by itself; a third that falls silent would not.
  t.regex(await status(t), /goes on with data1; data2 and data3 will join/);
  await ok(t, 'up');
  t.regex(await status(t), /is whole/);
  for (const machine of ['data2', 'data3']) await ok(t, 'fault', machine, 'power-cut');
  t.true(
    await within(20_000, async () => /has lost its majority: of 3 machines data1 cannot reach/.test(await status(t))),
    await status(t),
  );
  await ok(t, 'heal');
  t.true(await within(60_000, async () => /is whole/.test(await status(t))), await status(t));
});

real.serial('after a proper halt of all it begins again with the one that has the last write', async (t) => {
  await sql(t, 'data1', "INSERT INTO quintet.entries (id, text) VALUES ('halted-1', 'before the halt')");
  await ok(t, 'halt');
  const some = await quintet(lab, 'up', 'data1');
  t.is(some.exitCode, 0, words(some));
  t.regex(some.stderr, /No majority of the database cluster is there, and data2 and data3 can't be asked/);
  await ok(t, 'up');
  for (const name of nodes)
    t.is((await sql(t, name, "SELECT text FROM quintet.entries WHERE id = 'halted-1'")).trim(), 'before the halt');
});

real.serial('provisioning again restarts nobody without need, and never all at once', async (t) => {
  const since = () =>
    Promise.all(nodes.map((name) => ok(t, 'exec', name, '--', 'systemctl', 'show', '--property=MainPID', 'mariadb')));
  const before = await since();
  await ok(t, 'provision');
  t.deepEqual(await since(), before);
  await writeFile(join(lab, 'lab.yaml'), stringify({ ...file, database: { ...file.database, timing: 'balanced' } }));
  await ok(t, 'up');
  for (const [index, now] of (await since()).entries()) t.not(now, before[index]);
  t.regex(await sql(t, 'data2', "SHOW VARIABLES LIKE 'wsrep_provider_options'"), /evs.suspect_timeout = PT1.5S/);
});
