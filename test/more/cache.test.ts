import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { labsFolder } from '../../src/host/catalogue.js';
import type { Finding } from '../../src/model/verdict.js';
import { called, fails, found, passes } from '../rig/findings.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { must, quintet } from '../rig/quintet.js';

/**
 * A lab with a cache, broken on purpose as a student may break it, by an edit of the lab's own files: whatever the cache has a part
 * in must come out as failed, and say why.
 */

const { room, lab } = await ownLab();
/** Beside the cache, what the other files have not: MariaDB and Gunicorn. */
const others = ['provider=container', 'database.engine=mariadb', 'app.runtime=gunicorn'].flatMap((one) => [
  '--set',
  one,
]);
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
/** Each of the others stands for one of these. */
const alike = inMatrix(real.serial);

/** What is broken is not waited for to become well by itself. */
const played = (...line: string[]): Promise<Finding[]> =>
  found((...each) => quintet(lab, ...each), '--retry-timeout', '1ms', ...line);

const vcl = 'cache/etc/varnish/default.vcl';
const site = 'web/etc/nginx/nginx.conf';

type Edit = readonly [file: string, from: RegExp, to: string];

/** Brings up what files of machines say otherwise. They are as they were at the test's end, and the machines with the next one's. */
const broken = async (t: ExecutionContext, ...edits: readonly Edit[]): Promise<void> => {
  for (const [file, from, to] of edits) {
    const path = join(lab, 'machines', file);
    const text = await readFile(path, 'utf8');
    const edited = text.replace(from, to);
    t.not(edited, text, `${file} has nothing like ${from}`);
    t.teardown(() => writeFile(path, text));
    await writeFile(path, edited);
  }
  await must(lab, 'up');
};

const failed = (t: ExecutionContext, findings: readonly Finding[], id: string, says: RegExp): void =>
  fails(t, called(findings, id), says);

test.before(async () => {
  await must(room, 'init', 'lab', '--lab', 'cached', '--yes', ...others);
});

real.serial('it comes up, and the cache keeps what it may and nothing else', async (t) => {
  await must(lab, 'up');
  passes(t, await played('--checks-only', '--retry-timeout', '15s'));
});

/** By which the web server asks the application itself. */
const alone = /^ *server \S+ max_fails=1 fail_timeout=1s backup;$/m;

alike('a cache that keeps nothing', async (t) => {
  await broken(t, [vcl, /return \(hash\);/, 'return (pass);']);
  failed(t, await played('--checks-only'), 'cache-hit', /pass, pass, pass: not miss, hit, hit/);
});

alike('a web server without another way, and a cache that is killed', async (t) => {
  await broken(t, [vcl, /return \(hash\);/, 'return (pass);'], [site, alone, '']);
  failed(t, await played('cache-killed'), 'cache-killed', /outage|failed/);
});

real.serial('a cache that keeps whatever comes by: what changes, and that there is nothing', async (t) => {
  await broken(t, [vcl, /if \(req\.url !~ .*/, ''], [vcl, /if \(beresp\.status != 200 \|\| /, 'if (']);
  const findings = await played('--checks-only');
  failed(
    t,
    findings,
    'cache-private',
    /health \(\w+, hit\); the list \(\w+, hit\); an entry that is not there \(\w+, hit\)/,
  );
  failed(t, findings, 'cache-fresh', /after it was acknowledged 404/);
});

alike('a cache that gives one visitor’s answers to another', async (t) => {
  await broken(t, [vcl, /if \(req\.http\.Authorization.*/, '']);
  const findings = await played('--checks-only');
  failed(t, findings, 'cache-private', /somebody with a password \(hit, hit\).*somebody with a cookie \(hit, hit\)/);
});

alike('a web server without another way, and a cache whose power is cut', async (t) => {
  await broken(t, [site, alone, '']);
  failed(t, await played('cache-power-cut'), 'cache-power-cut', /outage|failed/);
});

alike('a web server that waits for a dead cache longer than visitors do', async (t) => {
  await broken(t, [site, /proxy_connect_timeout \d+ms;/, 'proxy_connect_timeout 3s;']);
  failed(t, await played('cache-power-cut'), 'cache-power-cut', /outage|failed/);
});

real.serial('every check and every scenario of the cache is broken above', async (t) => {
  const source = await readFile(import.meta.filename, 'utf8');
  const scenarios = await readdir(join(labsFolder, 'cached', 'scenarios'));
  const checks = (
    await readFile(join(labsFolder, '..', 'src', 'campaign', 'checks', 'rest-checks.ts'), 'utf8')
  ).matchAll(/'(cache-\w+)'/g);
  const ids = [...scenarios.map((file) => file.replace(/\.yaml$/, '')), ...[...checks].map(([, id = '']) => id)];
  t.true(ids.length >= 5, ids.join(' '));
  for (const id of ids) t.true(source.includes(`'${id}', /`), `${id} is never broken`);
});
