import { createServer, type Server as WebServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import test from 'ava';
import { openVantage } from '../../src/campaign/vantage.js';
import { doJob } from '../../src/campaign/vantage-jobs.js';
import { type TlsVersion, tlsVersions } from '../../src/check/facts.js';
import { judgeVersions } from '../../src/check/site.js';
import { plan } from '../check/plans.js';
import { siteCertificate } from './site.js';

const certificate = await siteCertificate();

const listen = async <Listening extends Server | WebServer>(server: Listening): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const tlsServer = (minVersion: TlsVersion, maxVersion: TlsVersion, level = 0) =>
  createServer(
    { key: certificate.key, cert: certificate.cert, minVersion, maxVersion, ciphers: `DEFAULT:@SECLEVEL=${level}` },
    (request, response) => {
      response.writeHead(200, { 'X-Method': request.method });
      request.pipe(response);
    },
  );

const doorTo = (port: number) => ({
  address: '127.0.0.1',
  port,
  serverName: 'www.scale-up.test',
  ca: certificate.ca,
  timeoutMs: 2000,
});

const handshakesWith = (port: number) =>
  Promise.all(tlsVersions.map((version) => doJob({ kind: 'handshake', version, ...doorTo(port) }))) as Promise<never[]>;

const facts = async (port: number) => ({ handshakes: await handshakesWith(port) }) as never;

test('a server that takes TLS 1.0 is seen to take it', async (t) => {
  const server = tlsServer('TLSv1', 'TLSv1.3');
  t.teardown(() => server.close());
  const { outcome, detail } = judgeVersions(await facts(await listen(server)), plan);
  t.is(outcome, 'fail');
  t.is(detail, 'TLSv1 and TLSv1.1 accepted');
});

test('a server that takes TLS 1.2 and 1.3 alone passes', async (t) => {
  const server = tlsServer('TLSv1.2', 'TLSv1.3');
  t.teardown(() => server.close());
  const { outcome, evidence } = judgeVersions(await facts(await listen(server)), plan);
  t.is(outcome, 'pass', evidence?.join('\n'));
});

test('a server without TLS 1.3 fails', async (t) => {
  const server = tlsServer('TLSv1.2', 'TLSv1.2');
  t.teardown(() => server.close());
  t.is(judgeVersions(await facts(await listen(server)), plan).detail, 'TLSv1.3 not accepted');
});

test('a handshake says whether chain and name are verified', async (t) => {
  const server = tlsServer('TLSv1.2', 'TLSv1.3');
  t.teardown(() => server.close());
  const port = await listen(server);
  const job = { kind: 'handshake', version: 'TLSv1.3', ...doorTo(port) } as const;
  const other = await siteCertificate();
  t.like(await doJob(job), { accepted: true, verified: true });
  t.like(await doJob({ ...job, ca: other.ca }), { accepted: true, verified: false });
  t.like(await doJob({ ...job, serverName: 'www.other.test' }), {
    accepted: true,
    verified: false,
    problem: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('connections are told apart: open, refused and no answer', async (t) => {
  const server = createTcpServer();
  const full = createTcpServer();
  t.teardown(() => server.close());
  const port = await listen(server);
  const closed = await listen(full);
  await new Promise((resolve) => full.close(resolve));
  const targets = [port, closed].map((each) => ({ address: '127.0.0.1', port: each }));
  t.deepEqual(await doJob({ kind: 'connect', targets, timeoutMs: 1000 }), ['open', 'refused']);
});

test('the vantage does many jobs at once and a job that fails fails alone', async (t) => {
  const server = tlsServer('TLSv1.2', 'TLSv1.3');
  t.teardown(() => server.close());
  const door = doorTo(await listen(server));
  const vantage = openVantage({ atVantage: (argv) => argv });
  t.teardown(() => vantage.close());
  const ask = (body: string) =>
    vantage.ask({ kind: 'request', scheme: 'https', method: 'POST', path: '/', body, ...door });
  const [one, other, lost] = await Promise.all([
    ask('one'),
    ask('other'),
    vantage.ask({ kind: 'request', scheme: 'https', method: 'GET', path: '/', ...door, port: 1 }),
  ]);
  t.like(one, { status: 200, body: 'one' });
  t.like(other, { status: 200, body: 'other' });
  t.deepEqual(lost, { problem: 'ECONNREFUSED' });
});

test('when the process at the vantage ends, whoever waits is told', async (t) => {
  const vantage = openVantage({ atVantage: () => ['sh', '-c', 'echo no such namespace >&2; exit 1'] });
  const asking = vantage.ask({ kind: 'connect', targets: [], timeoutMs: 10 });
  const error = await t.throwsAsync(asking);
  t.regex(error?.message ?? '', /no such namespace/);
  await t.throwsAsync(vantage.ask({ kind: 'connect', targets: [], timeoutMs: 10 }));
});
