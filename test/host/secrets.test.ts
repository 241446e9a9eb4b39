import { randomBytes, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test from 'ava';
import { filesBelow } from '../../src/host/files.js';
import { ensureSecrets, isAuthorityRenewed } from '../../src/host/secrets.js';
import type { Lab } from '../../src/model/lab.js';
import type { Plan } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const now = new Date('2026-06-01T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const planWith = (lab: Partial<Record<keyof Lab, unknown>> = {}): Plan => planOf(labSchema.parse(lab));

const labFolder = async (t: { teardown(action: () => void): void }) => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-secrets-'));
  t.teardown(() => void rm(folder, { recursive: true, force: true }));
  const at = (path: string) => join(folder, '.quintet', path);
  const read = (path: string) => readFile(at(path), 'utf8');
  const certificate = async (path: string) => new X509Certificate(await read(path));
  const everything = async () => {
    const paths = await filesBelow(at('.'));
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
  };
  return { folder, at, read, certificate, everything };
};

test('each machine gets what it needs and nothing of another machine', async (t) => {
  const { folder, at } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  t.deepEqual(await filesBelow(at('.')), [
    'ca/ca.crt',
    'ca/ca.key',
    'machines/app/etc/quintet/ca.crt',
    'machines/app/etc/quintet/database.password',
    'machines/db/etc/mysql/lab-ca.pem',
    'machines/db/etc/mysql/lab-server-cert.pem',
    'machines/db/etc/mysql/lab-server-key.pem',
    'machines/db/etc/quintet/ca.crt',
    'machines/db/etc/quintet/database.password',
    'machines/lb1/etc/quintet/ca.crt',
    'machines/lb2/etc/quintet/ca.crt',
    'machines/web/etc/nginx/tls/site.crt',
    'machines/web/etc/nginx/tls/site.key',
    'machines/web/etc/quintet/ca.crt',
  ]);
});

test('each account has a password of its own, on the machines that need it', async (t) => {
  const { folder, read, everything } = await labFolder(t);
  const machines = {
    front: { roles: ['load-balancer', 'web', 'app'] },
    one: { roles: ['database'] },
    two: { roles: ['database'] },
  };
  await ensureSecrets(folder, planWith({ machines, database: { topology: 'replica' } }), now);
  const paths = Object.keys(await everything()).filter((path) => path.endsWith('.password'));
  t.deepEqual(paths.sort(), [
    'machines/front/etc/quintet/database.password',
    'machines/one/etc/quintet/database.password',
    'machines/one/etc/quintet/replication.password',
    'machines/two/etc/quintet/database.password',
    'machines/two/etc/quintet/replication.password',
  ]);
  const [app, ...rest] = await Promise.all(paths.map(read));
  const [database, replication, ...others] = rest;
  t.is(database, app);
  t.not(replication, app);
  t.deepEqual(others, [database, replication]);
});

test('the site certificate is good for the names of the site and signed by the lab authority', async (t) => {
  const { folder, certificate } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  const authority = await certificate('ca/ca.crt');
  const site = await certificate('machines/web/etc/nginx/tls/site.crt');
  t.true(authority.ca);
  t.false(site.ca);
  t.true(site.checkIssued(authority) && site.verify(authority.publicKey));
  for (const name of ['www.lab.test', 'lab.test', 'localhost']) t.is(site.checkHost(name), name);
  for (const address of ['192.168.56.10', '127.0.0.1']) t.is(site.checkIP(address), address);
  t.is(site.checkHost('example.org'), undefined);
});

test('the database certificate names the machine and its address', async (t) => {
  const { folder, certificate } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  const server = await certificate('machines/db/etc/mysql/lab-server-cert.pem');
  t.is(server.checkHost('db'), 'db');
  t.is(server.checkIP('192.168.56.41'), '192.168.56.41');
});

test('only in a cluster of databases a certificate is good for who connects, and it becomes so with the lab', async (t) => {
  const { folder, certificate } = await labFolder(t);
  const server = '1.3.6.1.5.5.7.3.1';
  const client = '1.3.6.1.5.5.7.3.2';
  await ensureSecrets(folder, planWith(), now);
  t.deepEqual((await certificate('ca/ca.crt')).keyUsage, [server]);
  const three = Object.fromEntries(['db', 'db2', 'db3'].map((name) => [name, { roles: ['database'] }]));
  const { lb1, lb2, web, app } = labSchema.parse({}).machines;
  await ensureSecrets(folder, planWith({ machines: { lb1, lb2, web, app, ...three } }), now);
  const authority = await certificate('ca/ca.crt');
  const node = await certificate('machines/db/etc/mysql/lab-server-cert.pem');
  t.deepEqual(
    [authority.keyUsage, node.keyUsage],
    [
      [server, client],
      [server, client],
    ],
  );
  t.true(node.checkIssued(authority));
  t.deepEqual((await certificate('machines/web/etc/nginx/tls/site.crt')).keyUsage, [server]);
});

test('nobody else may read keys and passwords', async (t) => {
  const { folder, at } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  await chmod(at('ca/ca.key'), 0o644);
  await ensureSecrets(folder, planWith(), now);
  for (const path of await filesBelow(at('.'))) t.is((await stat(at(path))).mode & 0o777, 0o600, path);
  for (const path of ['.', 'ca', 'machines', 'machines/db', 'machines/db/etc/mysql'])
    t.is((await stat(at(path))).mode & 0o777, 0o700, path);
});

test('what is good is left alone', async (t) => {
  const { folder, everything } = await labFolder(t);
  t.is((await ensureSecrets(folder, planWith(), now)).length, 14);
  const before = await everything();
  t.deepEqual(await ensureSecrets(folder, planWith(), inDays(360)), []);
  t.deepEqual(await everything(), before);
});

test('a certificate is issued again, with the same key, when its names change or it ends within 30 days', async (t) => {
  const { folder, read, certificate } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  const key = await read('machines/web/etc/nginx/tls/site.key');
  const renamed = planWith({ network: { domain: 'other.test' } });
  const written = await ensureSecrets(folder, renamed, now);
  t.true(isAuthorityRenewed(written) && written.includes('machines/web/etc/nginx/tls/site.crt'));
  t.false(
    written.some((path) => path.endsWith('.key')),
    'a key was made anew',
  );
  t.is((await certificate('machines/web/etc/nginx/tls/site.crt')).checkHost('www.other.test'), 'www.other.test');
  t.deepEqual([...(await ensureSecrets(folder, renamed, inDays(380)))].sort(), [
    'machines/db/etc/mysql/lab-server-cert.pem',
    'machines/web/etc/nginx/tls/site.crt',
  ]);
  t.is(await read('machines/web/etc/nginx/tls/site.key'), key);
});

test('a machine that no longer has a role loses its secrets', async (t) => {
  const { folder, at } = await labFolder(t);
  await ensureSecrets(folder, planWith(), now);
  const machines = {
    lb1: { roles: ['load-balancer'] },
    web: { roles: ['web'] },
    app: { roles: ['app', 'database'] },
    db: { roles: ['load-balancer'] },
  };
  await ensureSecrets(folder, planWith({ machines }), now);
  t.deepEqual(await filesBelow(at('machines/db')), ['etc/quintet/ca.crt']);
  t.true((await filesBelow(at('machines/app'))).includes('etc/mysql/lab-server-key.pem'));
});

test('a start over after a kill at any moment ends with one password, fitting keys and no half-written file', async (t) => {
  const plan = planWith();
  const { folder, at, read, certificate, everything } = await labFolder(t);
  await ensureSecrets(folder, plan, now);
  const whole = await everything();
  const paths = Object.keys(whole);
  for (const lost of paths) {
    await rm(at(lost));
    await writeFile(join(dirname(at(lost)), `.${basename(lost)}.${randomBytes(4).toString('hex')}.tmp`), 'half');
    await ensureSecrets(folder, plan, now);
    const app = await read('machines/app/etc/quintet/database.password');
    t.regex(app, /^[0-9a-f]{48}\n$/);
    t.is(await read('machines/db/etc/quintet/database.password'), app);
    t.is(app, whole['machines/app/etc/quintet/database.password'] ?? '');
    const authority = await certificate('ca/ca.crt');
    const site = await certificate('machines/web/etc/nginx/tls/site.crt');
    t.true(site.verify(authority.publicKey), lost);
    for (const machine of ['lb1', 'app', 'web'])
      t.is(await read(`machines/${machine}/etc/quintet/ca.crt`), await read('ca/ca.crt'));
    t.deepEqual(await filesBelow(at('.')), paths);
  }
});

test('two labs never share a secret', async (t) => {
  const [one, other] = [await labFolder(t), await labFolder(t)];
  await Promise.all([ensureSecrets(one.folder, planWith(), now), ensureSecrets(other.folder, planWith(), now)]);
  const theirs = Object.values(await other.everything());
  for (const [path, text] of Object.entries(await one.everything())) t.false(theirs.includes(text), path);
});
