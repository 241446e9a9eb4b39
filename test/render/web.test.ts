import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import test from 'ava';
import { run, start } from '../../src/host/command.js';
import { readIfAny } from '../../src/host/files.js';
import { ensureSecrets } from '../../src/host/secrets.js';
import { type System, systems } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { templates } from '../rig/templates.js';

// A lab whose machines are addresses of this computer's loopback, each test run on ports of its own.
const port = 20_000 + (process.pid % 20_000);
const lab = (system: System) => ({
  system,
  title: '<b>Scale & up</b>',
  database: { engine: 'mariadb' },
  network: { subnet: '127.0.77.0/24' },
  ports: { web: port, app: port + 1 },
});
const planFor = (system: System) => planOf(labSchema.parse(lab(system)));
const configuration = (system: System): string =>
  renderLab(planFor(system), templates).get('machines/web/etc/nginx/nginx.conf') ?? '';

test('another application server is asked for a POST too where each knows a cluster of databases, and else never', (t) => {
  const nginx = (machines: Record<string, { roles: string[] }>) =>
    renderLab(planOf(labSchema.parse({ machines })), templates).get('machines/web/etc/nginx/nginx.conf') ?? '';
  const front = { lb1: { roles: ['load-balancer'] }, web: { roles: ['web'] }, app1: { roles: ['app'] } };
  const several = nginx({ ...front, app2: { roles: ['app'] }, db: { roles: ['database'] } });
  t.regex(several, /^ +proxy_next_upstream error timeout;$/m);
  const both = { roles: ['app', 'database'] };
  const cluster = nginx({ ...front, d1: both, d2: both, d3: both });
  t.regex(cluster, /^ +proxy_next_upstream error timeout http_503 non_idempotent;$/m);
  t.regex(cluster, /^ +proxy_read_timeout 2600ms;$/m);
});

test('a web server that stops says so first where another one can take over, and nowhere else', (t) => {
  const { web, ...others } = labSchema.parse({}).machines;
  const partsOf = (machines: object) => {
    const files = renderLab(planOf(labSchema.parse({ machines })), templates);
    const of = (path: string) => files.get(`machines/${path}`) ?? '';
    return [
      of('lb1/etc/haproxy/haproxy.cfg').includes('http-check disable-on-404'),
      of('web/etc/nginx/nginx.conf').includes('if (-f /run/quintet-leaving)'),
      /^ExecStop=\/bin\/touch \/run\/quintet-leaving\nExecStop=\/bin\/sleep 1\.1$/m.test(
        of('web/etc/systemd/system/nginx.service.d/quintet.conf'),
      ),
    ];
  };
  t.deepEqual(partsOf({ ...others, web, web2: web }), [true, true, true]);
  t.deepEqual(partsOf({ ...others, web }), [false, false, false]);
});

test('of application servers that take turns each stands alone, and a file of its own says which is asked', (t) => {
  const files = renderLab(planOf(labSchema.parse({ additional: 'blue-green' })), templates);
  const nginx = files.get('machines/web/etc/nginx/nginx.conf') ?? '';
  t.deepEqual(
    [...nginx.matchAll(/upstream (\S+) \{\s+zone \S+ 64k;\s+server (\S+) [^}]*\}/g)].map(([, ...each]) => each),
    [
      ['app-blue', '192.168.56.31:3000'],
      ['app-green', '192.168.56.32:3000'],
    ],
  );
  t.regex(nginx, /include \/etc\/nginx\/live\.conf;/);
  t.regex(nginx, /proxy_pass http:\/\/\$live;/);
  // Whoever has chosen is never overruled by what comes along.
  t.false(files.has('machines/web/etc/nginx/live.conf'));
  t.true(files.has('machines/web/usr/local/lib/quintet/live-app'));
});

test('HTTP/2 is switched on in the words that the nginx of each system knows', (t) => {
  t.regex(configuration('debian-13'), /^ +http2 on;$/m);
  for (const system of systems.filter((name) => name !== 'debian-13')) {
    t.notRegex(configuration(system), /http2 on/);
    t.regex(configuration(system), /listen \S+ ssl http2 proxy_protocol;/);
  }
});

test('the post-quantum curve is asked for where OpenSSL has it, and nowhere else', (t) => {
  t.regex(configuration('debian-13'), /ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1:secp384r1;/);
  t.regex(configuration('ubuntu-22.04'), /ssl_ecdh_curve X25519:prime256v1:secp384r1;/);
});

test('client addresses are believed from the load balancers alone', (t) => {
  const believed = [...configuration('debian-13').matchAll(/set_real_ip_from (\S+);/g)].map(([, address]) => address);
  t.deepEqual(believed, ['127.0.77.11', '127.0.77.12']);
});

/** A folder where this computer's nginx can run the configuration of a lab without touching the computer's own. */
const nginxFolder = async (system: System, teardown: (action: () => Promise<void>) => void): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-nginx-'));
  teardown(() => rm(folder, { recursive: true, force: true }));
  // Its workers run as another user and must be able to come here.
  await chmod(folder, 0o755);
  await ensureSecrets(folder, planFor(system));
  const here = (text: string) =>
    text
      .replaceAll('/etc/nginx/tls/', `${folder}/.quintet/machines/web/etc/nginx/tls/`)
      .replaceAll('/srv/quintet/', `${folder}/machines/web/srv/quintet/`)
      .replaceAll('/var/log/nginx/', `${folder}/`)
      .replace('/run/nginx.pid', `${folder}/nginx.pid`)
      // What only the nginx and the OpenSSL of Debian 13 know, in the words of those before.
      .replaceAll('    http2 on;\n', '')
      .replace('X25519MLKEM768:', '');
  for (const [path, text] of renderLab(planFor(system), templates)) {
    if (!path.startsWith('machines/web/')) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path.endsWith('nginx.conf') ? here(text) : text);
  }
  return folder;
};
const configurationIn = (folder: string) => join(folder, 'machines/web/etc/nginx/nginx.conf');

needs('nginx')('nginx accepts the configuration of every system', async (t) => {
  for (const system of systems) {
    const folder = await nginxFolder(system, t.teardown);
    const result = await run(['nginx', '-t', '-c', configurationIn(folder), '-p', folder], { timeoutMs: 20_000 });
    t.is(result.exitCode, 0, `${system}\n${result.stderr}`);
  }
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request as a load balancer passes it on: PROXY header, TLS, HTTP/1.1. */
const ask = (
  authority: string,
  path: string,
  { host = 'www.lab.test', accept = '*/*', from = '127.0.77.12' } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const tcp = connectTcp({ host: '127.0.77.21', port, localAddress: from });
    tcp.write(`PROXY TCP4 203.0.113.9 127.0.77.10 40000 443\r\n`);
    const tls = connectTls({ socket: tcp, ca: authority, servername: 'www.lab.test' });
    tls.setTimeout(5000, () => tls.destroy(new Error('no answer')));
    const chunks: Buffer[] = [];
    tls.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
    tls.on('end', () => {
      const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const headers = lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.slice(line.indexOf(': ') + 2)]);
      resolve({
        status: Number(first.split(' ')[1]),
        headers: Object.fromEntries(headers),
        body: rest.join('\r\n\r\n'),
      });
    });
    tls.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${accept}\r\nConnection: close\r\n`);
    tls.write('X-Load-Balancer: forged\r\nX-Real-IP: 192.0.2.6\r\nX-Request-Id: forged\r\n\r\n');
  });

/** An application that says what it was asked. */
const application = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.statusCode = request.url === '/api/gone' ? 503 : 200;
      response.end(JSON.stringify(request.headers));
    });
    server.listen(port + 1, '127.0.77.31', () => resolve(server));
  });

const running = async (folder: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await readIfAny(join(folder, 'nginx.pid'))) return;
    await delay(50);
  }
  throw new Error(`nginx does not start:\n${await readIfAny(join(folder, 'error.log'))}`);
};

needs('nginx', 'root')('the web server does its part for real', async (t) => {
  const folder = await nginxFolder('debian-13', t.teardown);
  const argv = ['nginx', '-c', configurationIn(folder), '-p', folder, '-g', 'daemon off;'];
  const nginx = start(argv, { timeoutMs: 60_000 });
  t.teardown(() => nginx.stop());
  await running(folder);
  const authority = (await readIfAny(join(folder, '.quintet/ca/ca.crt'))) ?? '';
  const get = (path: string, options?: Parameters<typeof ask>[2]) => ask(authority, path, options);

  const page = await get('/');
  t.is(page.status, 200);
  t.regex(page.body, /Quintet/);
  t.regex(page.body, /&lt;b&gt;Scale &amp; up&lt;\/b&gt;/);
  t.is(page.headers['x-load-balancer'], 'lb2');
  t.is(page.headers['strict-transport-security'], 'max-age=63072000');
  t.regex(page.headers['content-security-policy'] ?? '', /default-src 'none'/);
  t.notRegex(page.headers['content-security-policy'] ?? '', /unsafe/);
  t.notRegex(page.body, /<style|style=|<script>|onclick=|https?:\/\//);
  t.is(page.headers.server, 'nginx');
  for (const path of ['/site.css', '/site.js', '/favicon.svg']) t.is((await get(path)).status, 200, path);
  t.is((await get('/nothing')).status, 404);
  t.is((await get('/healthz')).body, 'ok\n');

  for (const host of ['lab.test', 'localhost', '127.0.77.10', '127.0.0.1', 'localhost:8443'])
    t.is((await get('/healthz', { host })).status, 200, host);
  t.is((await get('/healthz', { host: 'elsewhere.test' })).status, 421);
  t.is((await get('/healthz', { host: 'localhost' })).headers['strict-transport-security'], undefined);

  const gone = await get('/api/whoami');
  t.is(gone.status, 503);
  t.is(gone.headers['retry-after'], '1');
  t.is(JSON.parse(gone.body).application, 'gone');
  t.regex((await get('/api/whoami', { accept: 'text/html,*/*' })).body, /The application is not there/);

  const server = await application();
  t.teardown(() => void server.close());
  const heard = await get('/api/whoami');
  const told = JSON.parse(heard.body);
  t.is(heard.headers['x-request-id'], told['x-request-id']);
  t.regex(told['x-request-id'], /^[0-9a-f]{32}$/);
  t.is(told['x-real-ip'], '203.0.113.9');
  t.is(told['x-load-balancer'], 'lb2');
  t.is(heard.headers['cache-control'], 'no-store');
  t.deepEqual(JSON.parse((await get('/api/gone')).body).host, 'www.lab.test');
  // Somebody who is no load balancer is not believed.
  const stranger = await get('/api/whoami', { from: '127.0.77.66' });
  t.is(JSON.parse(stranger.body)['x-real-ip'], '127.0.77.66');
  t.is(stranger.headers['x-load-balancer'], undefined);

  const log =
    (await readIfAny(join(folder, 'access.log')))
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line)) ?? [];
  t.true(log.some((line) => line.requestId === told['x-request-id'] && line.upstreamStatus === '200'));
});
