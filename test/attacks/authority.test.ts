import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { issueAuthority, issueServer, newKeyPem } from '../../src/host/certificates.js';
import { run } from '../../src/host/command.js';
import { needs } from '../rig/needs.js';
import { ok, quintet } from '../rig/quintet.js';

/**
 * Somebody has got hold of a lab's authority key, and its certificate is in the user's browser. What that is worth: before, any
 * site in the world for ten years.
 */

const room = await mkdtemp(join(tmpdir(), 'quintet-test-'));
const lab = join(room, 'lab');
test.after.always(() => rm(room, { recursive: true, force: true }));
test.before('a lab that was never brought up', async (t) => {
  ok(t, await quintet(room, 'init', 'lab', '--yes', '--set', 'provider=container'));
});

const authority = async () => ({
  keyPem: await readFile(join(lab, '.quintet', 'ca', 'ca.key'), 'utf8'),
  certificatePem: await readFile(join(lab, '.quintet', 'ca', 'ca.crt'), 'utf8'),
});

const issue = async (...names: string[]) => {
  const keyPem = newKeyPem();
  const order = { commonName: names[0] ?? '', names, keyPem, validDays: 90 };
  return { key: keyPem, cert: await issueServer(order, await authority(), new Date()) };
};

/** A site on the loopback with a certificate for these names. */
const site = async (t: ExecutionContext, ...names: string[]): Promise<number> => {
  const server = createServer(await issue(...names), (_, response) => response.end('let in'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
};

const own = ['www.scale-up.test', 'scale-up.test', 'localhost'];
const others = ['bank.example', 'scale-up.test.bank.example', 'testscale-up.test'];

const shake = (port: number, servername: string, ca: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca }, () => {
      socket.end();
      resolve('accepted');
    });
    socket.on('error', ({ message }) => resolve(message));
  });

test('a program takes the lab’s names from it, and no others', async (t) => {
  const { certificatePem } = await authority();
  for (const name of own) t.is(await shake(await site(t, ...own), name, certificatePem), 'accepted', name);
  for (const name of others) t.regex(await shake(await site(t, name), name, certificatePem), /permitted subtree/, name);
  // One good name does not carry a bad one in.
  const mixed = await site(t, 'www.scale-up.test', 'bank.example');
  t.regex(await shake(mixed, 'www.scale-up.test', certificatePem), /permitted subtree/);
});

needs('openssl')('OpenSSL takes the lab’s addresses from it, and no others', async (t) => {
  const at = (name: string) => join(room, name);
  const verify = async (...names: string[]) => {
    await writeFile(at('site.crt'), (await issue(...names)).cert);
    const ca = join(lab, '.quintet', 'ca', 'ca.crt');
    return run(['openssl', 'verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, at('site.crt')]);
  };
  t.is((await verify('www.scale-up.test', '192.168.56.10', '127.0.0.1')).exitCode, 0);
  for (const address of ['192.168.56.11', '192.0.2.1', '127.0.0.2'])
    t.not((await verify(address)).exitCode, 0, address);
});

needs('openssl')('it can’t make another authority that could', async (t) => {
  const keyPem = newKeyPem();
  const own = await authority();
  const extensions = join(room, 'ca.cnf');
  await writeFile(extensions, 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n');
  const file = async (name: string, text: string) => {
    await writeFile(join(room, name), text);
    return join(room, name);
  };
  const [caKey, ca] = [await file('ca.key', own.keyPem), await file('ca.crt', own.certificatePem)];
  const key = await file('below.key', keyPem);
  const request = ['openssl', 'req', '-new', '-key', key, '-subj', '/CN=below', '-out', join(room, 'below.csr')];
  t.is((await run(request)).exitCode, 0);
  const sign = ['openssl', 'x509', '-req', '-in', join(room, 'below.csr'), '-CA', ca, '-CAkey', caKey];
  t.is((await run([...sign, '-extfile', extensions, '-out', join(room, 'below.crt')])).exitCode, 0);
  const belowAuthority = { keyPem, certificatePem: await readFile(join(room, 'below.crt'), 'utf8') };
  const order = { commonName: 'www.scale-up.test', names: ['www.scale-up.test'], keyPem: newKeyPem(), validDays: 9 };
  await file('site.crt', await issueServer(order, belowAuthority, new Date()));
  const verify = ['openssl', 'verify', '-CAfile', ca, '-untrusted', join(room, 'below.crt'), join(room, 'site.crt')];
  const { exitCode, stdout, stderr } = await run(verify);
  t.not(exitCode, 0);
  t.regex(stdout + stderr, /path length/);
});

needs('chromium', 'certutil')('a browser that trusts the lab opens its site, and no bank', async (t) => {
  const home = join(room, 'home');
  const store = `sql:${join(home, '.pki', 'nssdb')}`;
  await execa('mkdir', ['-p', join(home, '.pki', 'nssdb')]);
  await execa('certutil', ['-d', store, '-N', '--empty-password']);
  await execa('certutil', ['-d', store, '-A', '-t', 'C,,', '-n', 'lab', '-i', join(lab, '.quintet', 'ca', 'ca.crt')]);
  const browser = await chromium.launch({
    executablePath: (await execa('which', ['chromium'])).stdout,
    args: ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1, MAP bank.example 127.0.0.1'],
    env: { ...process.env, HOME: home },
  });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  const open = (name: string, port: number) =>
    page.goto(`https://${name}:${port}/`).then(
      (response) => String(response?.status()),
      (error: Error) => error.message,
    );
  const good = await site(t, ...own, '127.0.0.1');
  for (const name of ['www.scale-up.test', 'localhost', '127.0.0.1']) t.is(await open(name, good), '200', name);
  t.regex(await open('bank.example', await site(t, 'bank.example')), /ERR_CERT/);
});

test('a lab from before is bound to its names as well, with the key that it has', async (t) => {
  const before = await authority();
  const order = { commonName: 'Quintet lab scale-up', names: ['bank.example'], keyPem: before.keyPem, validDays: 3650 };
  await writeFile(join(lab, '.quintet', 'ca', 'ca.crt'), await issueAuthority(order, new Date()));
  const ran = await quintet(lab, 'generate');
  t.regex(ran.stderr, /authority is a new one/);
  const after = await authority();
  t.is(after.keyPem, before.keyPem);
  t.regex(await shake(await site(t, 'bank.example'), 'bank.example', after.certificatePem), /permitted subtree/);
  t.is(await shake(await site(t, ...own), 'localhost', after.certificatePem), 'accepted');
});

test('a copied lab has another key and another password', async (t) => {
  // A student's copy of the instructor's folder could speak for the instructor's lab, and knew its database.
  const copy = join(room, 'copy');
  await cp(lab, copy, { recursive: true });
  ok(t, await quintet(copy, 'generate'));
  for (const path of [
    'ca/ca.key',
    'machines/db/etc/quintet/database.password',
    'machines/web/etc/nginx/tls/site.key',
  ]) {
    const [one, other] = await Promise.all(
      [lab, copy].map((folder) => readFile(join(folder, '.quintet', path), 'utf8')),
    );
    t.not(one, other, path);
  }
});
