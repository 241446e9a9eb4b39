import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import type { Finding, Outcome } from '../../src/model/verdict.js';
import { cameOut } from '../rig/findings.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet, words } from '../rig/quintet.js';
import { notHere } from '../rig/scenarios.js';
import { folderIn } from '../rig/shared-room.js';
import { temporaryRoom } from '../rig/temporary.js';
import { labIdOf, traces } from '../rig/traces.js';

/** The main job as a newcomer meets it: one command, five real machines, a verdict. Each test goes on from the last. */

const given = process.env.QUINTET_TEST_ROOM;
const room = given ?? (await temporaryRoom());
const lab = folderIn(room);
test.after.always(async () => {
  // Left to the files that share a lab: they look whether it is well, and the run removes it.
  if (given !== undefined) return;
  await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

/** What the first verdict rests on. The others are played in test/more/scenarios.test.ts. */
const firstLook = ['haproxy-killed', 'power-cut', 'planned-maintenance', 'database-power-cut'];
real('quintet --yes builds five machines, breaks them, and passes', async (t) => {
  const ran = await quintet(room, '--yes');
  t.regex(ran.stdout, /PASS|FAIL|UNKNOWN/, words(ran));
  const [time] = await readdir(join(lab, 'reports'));
  const report = await readFile(join(lab, 'reports', time ?? '', 'report.json'), 'utf8');
  const { outcome: verdict, findings }: { outcome: Outcome; findings: readonly Finding[] } = JSON.parse(report);
  t.is(ran.exitCode, { pass: 0, fail: 1, unknown: 4 }[verdict as 'pass'], words(ran));
  for (const one of findings) cameOut(t, one, notHere.includes(one.id) ? 'skipped' : 'pass');
  const scenarios = findings.filter(({ kind }) => kind === 'scenario');
  const played = scenarios.map(({ id }) => id);
  for (const id of firstLook) t.true(played.includes(id), id);
  for (const { id, outcome, measures = [] } of scenarios) t.true(outcome !== 'pass' || measures.length > 0, id);
});

real('a second up has nothing to do', async (t) => {
  const ran = await quintet(lab, 'up');
  t.is(ran.exitCode, 0, words(ran));
  t.notRegex(ran.stderr, /provision/, words(ran));
});

real('status names the machines and who holds the virtual IP', async (t) => {
  const { machines } = JSON.parse(ok(t, await quintet(lab, 'status', '--format', 'json')));
  t.deepEqual(
    machines.map(({ name, state }: { name: string; state: string }) => [name, state]),
    ['lb1', 'lb2', 'web', 'app', 'db'].map((name) => [name, 'running']),
  );
  t.is(machines.filter(({ holdsVip }: { holdsVip: boolean }) => holdsVip).length, 1);
});

real('exec passes words, output and exit code through', async (t) => {
  t.is(ok(t, await quintet(lab, 'exec', 'db', '--', 'hostname')).trim(), 'db');
  const odd = `it's "$(id)" \`id\``;
  t.is(ok(t, await quintet(lab, 'exec', 'app', '--', 'printf', '%s', odd)), odd);
  t.is((await quintet(lab, 'exec', 'web', '--', 'sh', '-c', 'exit 7')).exitCode, 7);
});

real('logs show a machine’s journal', async (t) => {
  t.regex(ok(t, await quintet(lab, 'logs', 'lb1')), /haproxy/);
});

real('the database runs the engine that was asked for, and the application as nobody special', async (t) => {
  const engine = await quintet(lab, 'exec', 'db', '--', 'mysql', '-NBe', 'SELECT VERSION()');
  t.regex(ok(t, engine), /^9\.\d+\.\d+/);
  const user = await quintet(lab, 'exec', 'app', '--', 'sh', '-c', 'ps -o user= -C node');
  t.notRegex(ok(t, user), /root/);
});

real('no secret reaches a machine that does not need it', async (t) => {
  const secrets = join(lab, '.quintet', 'machines');
  const files = await readdir(secrets, { recursive: true });
  const passwords = files.filter((file) => /password/.test(file));
  t.true(passwords.length >= 2);
  for (const file of passwords) {
    t.regex(file, /^(app|db)\//);
    const password = (await readFile(join(secrets, file), 'utf8')).trim().replace(/^.*=/, '');
    for (const machine of ['lb1', 'lb2', 'web']) {
      const found = await quintet(
        lab,
        'exec',
        machine,
        '--',
        'grep',
        '-rlF',
        password,
        '/etc',
        '/opt',
        '/var/lib/quintet',
      );
      t.is(found.stdout, '', `${machine} knows ${file}`);
    }
  }
});

/** `quintet open` beside the test, and the port it gives the site at; the caller ends it. */
const openSite = async () => {
  const options = { cwd: lab, reject: false, env: plainEnvironment, timeout: 120_000 } as const;
  const child = execa(process.execPath, [executable, 'open'], options);
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(/https:\/\/localhost:(\d+)/.exec(String(line))?.[1]) };
};

real('open gives the site at an address of this computer', async (t) => {
  const { child, port } = await openSite();
  const ca = await readFile(join(lab, '.quintet', 'ca', 'ca.crt'));
  const page = await new Promise<string>((resolve, reject) => {
    get({ host: 'localhost', port, path: '/', ca, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  t.regex(page, /Quintet/);
  child.kill('SIGINT');
  t.is((await child).exitCode, 0);
});

needs(
  'root',
  'systemd-nspawn',
  'mmdebstrap',
  'ip',
  'chromium',
)('a browser shows who carried its request', async (t) => {
  const { child, port } = await openSite();
  const certificate = new X509Certificate(
    await readFile(join(lab, '.quintet', 'machines', 'web', 'etc', 'nginx', 'tls', 'site.crt')),
  );
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  const shown = await execa(
    'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update', `--user-data-dir=${join(room, 'browser')}`],
      // The lab's own key and no other, in place of adding the lab's authority to the browser.
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
      ...['--virtual-time-budget=5000', '--dump-dom', `https://localhost:${port}/`],
    ],
    { reject: false, timeout: 60_000 },
  );
  child.kill('SIGINT');
  await child;
  t.regex(shown.stdout, /id="fact-load-balancer"[^>]*>lb[12]</, shown.stderr);
  t.regex(shown.stdout, /id="fact-app"[^>]*>app/);
});

real('a door that somebody opened by hand is found, and shut by provisioning', async (t) => {
  const rule = ['nft', 'insert', 'rule', 'inet', 'quintet', 'input', 'tcp', 'dport', '3306', 'accept'];
  ok(t, await quintet(lab, 'exec', 'db', '--', ...rule));
  const ran = await quintet(lab, 'verify', '--checks-only', '--retry-timeout', '1ms', '--format', 'json');
  t.is(ran.exitCode, 1, words(ran));
  const failed = JSON.parse(ran.stdout).findings.filter(({ outcome }: { outcome: string }) => outcome === 'fail');
  t.is(failed.length, 1, ran.stdout);
  t.regex(JSON.stringify(failed), /open but forbidden: (?:vantage|lb1|lb2|web) to\s+db:3306/);
  ok(t, await quintet(lab, 'provision', 'db'));
  const again = JSON.parse(ok(t, await quintet(lab, 'verify', '--only', 'failed', '--format', 'json')));
  t.true(
    again.findings.every(({ kind }: { kind: string }) => kind === 'check'),
    'no scenario had failed',
  );
  t.regex((await quintet(lab, 'verify', '--only', 'failed')).stderr, /nothing to do again/);
});

real('each scenario leaves the machines’ own words and a page that needs no network', async (t) => {
  const [first = ''] = (await readdir(join(lab, 'reports'))).sort();
  const journals = join(lab, 'reports', first, 'journals');
  t.regex(await readFile(join(journals, 'power-cut-1', 'lb1.log'), 'utf8'), /Keepalived|keepalived/);
  const page = await readFile(join(lab, 'reports', first, 'report.html'), 'utf8');
  t.regex(page, /Single points? of failure/i);
  t.notRegex(page, /(?:src|href)="https?:/);
});

real('a machine that was halted comes up again with its data', async (t) => {
  const sql = (text: string) => quintet(lab, 'exec', 'db', '--', 'mysql', '-NBe', text);
  const before = ok(t, await sql('SELECT COUNT(*) FROM quintet.entries'));
  ok(t, await quintet(lab, 'halt', 'db'));
  t.regex(ok(t, await quintet(lab, 'status')), /stopped/);
  ok(t, await quintet(lab, 'up'));
  t.is(ok(t, await sql('SELECT COUNT(*) FROM quintet.entries')), before);
});

real('what a user edited goes to the machine and is never replaced silently', async (t) => {
  const file = join(lab, 'machines', 'lb1', 'etc', 'haproxy', 'haproxy.cfg');
  const generated = await readFile(file, 'utf8');
  await appendFile(file, '# mine\n');
  ok(t, await quintet(lab, 'up'));
  const told = await quintet(lab, 'exec', 'lb1', '--', 'tail', '-n1', '/etc/haproxy/haproxy.cfg');
  t.is(ok(t, told).trim(), '# mine');
  const refused = await quintet(lab, 'generate');
  t.regex(await readFile(file, 'utf8'), /# mine/, words(refused));
  await writeFile(file, generated);
});

real('destroy leaves nothing behind', async (t) => {
  const id = await labIdOf(lab);
  t.true((await traces(id)).length > 0, 'the search for traces finds a lab that is there');
  ok(t, await quintet(lab, 'destroy', '--yes'));
  t.deepEqual(await traces(id), []);
});

real('a second up after destroy needs no network at all', async (t) => {
  const ran = await execa('unshare', ['--net', process.execPath, executable, 'up'], {
    cwd: lab,
    reject: false,
    stdin: 'ignore',
    env: plainEnvironment,
  });
  t.is(ran.exitCode, 0, ran.stderr);
  ok(t, await quintet(lab, 'verify', '--checks-only', '--retry-timeout', '10s'));
});
