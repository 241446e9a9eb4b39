import { mkdtempSync, readFileSync } from 'node:fs';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { execa } from 'execa';

/** A copy of Quintet to which the whole change of docs/adding-a-role.md was made, and a lab with that role. */

const room = mkdtempSync(join(tmpdir(), 'quintet-test-'));
test.after.always(() => rm(room, { recursive: true, force: true }));
const copy = join(room, 'quintet');
const lab = join(room, 'lab');

const page = readFileSync('docs/adding-a-role.md', 'utf8');
const change = /```diff\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

const quintet = (cwd: string, ...argv: string[]) =>
  execa(process.execPath, [join(copy, 'bin', 'quintet.js'), ...argv], { cwd, reject: false, all: true, input: '' });

test.before(async () => {
  for (const each of [
    'bin',
    'build.ts',
    'zod-in-english.ts',
    'package.json',
    'tsconfig.json',
    'src',
    'templates',
    'labs',
    'docs',
  ]) {
    await cp(each, join(copy, each), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(copy, 'node_modules'));
  await execa('git', ['apply', '--unsafe-paths', '-p1', '-'], { cwd: copy, input: change });
  await execa(process.execPath, ['--import', 'tsx', 'build.ts'], { cwd: copy });
  const made = await quintet(room, 'init', 'lab', '--yes', '--set', 'machines.logs.roles=[log]');
  if (made.exitCode !== 0) throw new Error(made.all);
});

const text = (path: string) => readFile(join(lab, path), 'utf8');

test('the change is one file, one folder, and its place in the list', (t) => {
  const touched = [...change.matchAll(/^diff --git a\/(\S+)/gm)].map(([, path]) => path);
  t.deepEqual(touched, [
    'src/roles/log.ts',
    'src/roles/roles.ts',
    'templates/log/etc/rsyslog.d/quintet.conf.ejs',
    'templates/log/provision.sh.ejs',
  ]);
  const inOthers = change.slice(change.indexOf('src/roles/roles.ts'), change.indexOf('templates/log'));
  t.is(inOthers.match(/^\+(?!\+)/gm)?.length, 2, 'an import and a name');
});

test.serial('the lab file takes it, and editors are told', async (t) => {
  t.is((await quintet(lab, 'validate')).exitCode, 0);
  t.regex(await text('.quintet/lab.schema.json'), /"log": \{[^}]*"description": "On the log server/);
  const wrong = await quintet(room, 'init', 'other', '--yes', '--set', 'machines.logs.roles=[syslog]');
  t.regex(wrong.all ?? '', /did you mean log\?/);
});

test('its machine has an address of its own range, its packages, files and checks', async (t) => {
  t.regex(await text('README.md'), /\*\*logs\*\* \| log server \| rsyslog \| `192\.168\.56\.51` \| 256 MiB/);
  t.regex(await text('machines/logs/provision.sh'), /local wanted=\(.*rsyslog.*\)[\s\S]*selfcheck 'rsyslog listens'/);
  t.regex(await text('machines/logs/etc/rsyslog.d/quintet.conf'), /address="192\.168\.56\.51" port="1514"/);
});

test('the firewall lets in whom it may serve, and the picture shows it', async (t) => {
  const rules = await text('machines/logs/etc/nftables.conf');
  for (const address of ['192.168.56.21', '192.168.56.31']) t.true(rules.includes(address), address);
  t.false(rules.includes('192.168.56.41'), 'the database has no business there');
  t.regex(await text('topology.svg'), /class="icon log"[\s\S]*log server|log server[\s\S]*class="icon log"/);
});

test.serial('faults can hit it, and scenarios may name it', async (t) => {
  const scenario = `id: logs-lost
title: The log server is killed
why: Nobody needs it to be served
faults: [{fault: process-killed, service: rsyslog, target: log, for: 1 s}]
expect: {site: {failedAtMost: 0}}
`;
  await writeFile(join(lab, 'scenarios', 'logs-lost.yaml'), scenario);
  const ran = await quintet(lab, 'validate');
  t.is(ran.exitCode, 0, ran.all);
  await writeFile(join(lab, 'scenarios', 'logs-lost.yaml'), scenario.replace('target: log', 'target: web'));
  const elsewhere = await quintet(lab, 'validate');
  t.regex(elsewhere.all ?? '', /rsyslog\s+does not run on web, only where the role is log/);
});
