import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { type ProberConfig, probe } from '../../src/campaign/traffic/prober.js';
import { longestMs, outages, totalMs } from '../../src/check/outages.js';
import { systemClock } from '../../src/host/clock.js';
import type { ProbeEvent } from '../../src/model/history.js';
import { runOf } from '../campaign/run-of.js';
import { siteCertificate } from '../campaign/site.js';
import { timed } from '../rig/at-last.js';

const certificate = await siteCertificate();

type Reply = (path: string) => { status?: number; body: string; afterMs?: number; cutOff?: boolean };
const well: Reply = () => ({ body: 'Quintet' });

/** A real server on the loopback whose port can be closed and opened again at known times. */
const startSite = async (reply: Reply = well) => {
  const sockets = new Set<Socket>();
  let resumed = 0;
  let server: Server;
  const open = async (port: number): Promise<number> => {
    server = createServer({ key: certificate.key, cert: certificate.cert }, async (request, response) => {
      const { status = 200, body, afterMs = 0, cutOff = false } = reply(request.url ?? '');
      if (afterMs > 0) await delay(afterMs);
      const head = { 'X-Load-Balancer': 'lb1', ...(cutOff ? { 'Content-Length': body.length + 1 } : {}) };
      response.writeHead(status, head).write(body, () => (cutOff ? request.socket.destroy() : response.end()));
    });
    server.on('secureConnection', (socket) => {
      resumed += socket.isSessionReused() ? 1 : 0;
    });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await open(0);
  return { port, close, reopen: () => open(port), resumed: () => resumed };
};

const configFor = (port: number, changes: Partial<ProberConfig> = {}): ProberConfig => ({
  address: '127.0.0.1',
  port,
  serverName: 'www.scale-up.test',
  ca: certificate.ca,
  ratePerSecond: 100,
  timeoutMs: 1000,
  paths: [
    { path: '/', contains: 'Quintet', part: 'static' },
    { path: '/api/health', contains: 'Quintet', part: 'dynamic' },
  ],
  mostProbes: 1000,
  mostInFlight: 500,
  ...changes,
});

const run = async (config: ProberConfig, during: (startMs: number) => Promise<void> = async () => {}) => {
  const events: ProbeEvent[] = [];
  const startMs = systemClock.nowMs() + 20;
  const stop = new AbortController();
  const signals = { stop: stop.signal, abort: new AbortController().signal };
  const done = probe(config, startMs, systemClock, (event) => events.push(event), signals);
  await during(startMs);
  if (config.mostProbes === 1000) stop.abort();
  await done;
  return events.sort((one, other) => one.id - other.id);
};

timed('a site that goes dark for a known time shows that outage within two probe intervals', async (t) => {
  const site = await startSite();
  t.teardown(site.close);
  let darkMs = 0;
  let backMs = 0;
  const events = await run(configFor(site.port), async (startMs) => {
    await delay(400);
    darkMs = systemClock.nowMs() - startMs;
    await site.close();
    await delay(300);
    await site.reopen();
    backMs = systemClock.nowMs() - startMs;
    await delay(300);
  });
  const history = runOf(events, backMs + 300);
  // A probe under way when the port closes was due before it: 2 intervals, and as long as a good probe takes here.
  const toleranceMs = 20 + longestGoodMs(events);
  t.true(totalMs(outages(history, 'bad')) >= backMs - darkMs - toleranceMs);
  t.true(totalMs(outages(history, 'good')) <= backMs - darkMs + toleranceMs);
  const [outage] = outages(history, 'good');
  t.true(Math.abs((outage?.fromMs ?? 0) - darkMs) <= toleranceMs, `${outage?.fromMs} for ${darkMs}`);
  t.true(Math.abs((outage?.toMs ?? 0) - backMs) <= toleranceMs, `${outage?.toMs} for ${backMs}`);
});

/** A few milliseconds, more on a busy computer. */
const longestGoodMs = (events: readonly ProbeEvent[]): number =>
  Math.max(5, ...events.filter((event) => event.result === 'ok').map((event) => event.latencyMs));

timed('latency counts from when a probe was due: a stalled server delays every probe due meanwhile', async (t) => {
  const stall = { fromMs: 0, toMs: 0 };
  const site = await startSite(() => ({ body: 'Quintet', afterMs: Math.max(0, stall.toMs - systemClock.nowMs()) }));
  t.teardown(site.close);
  const events = await run(configFor(site.port, { timeoutMs: 3000 }), async (startMs) => {
    await delay(300);
    stall.fromMs = systemClock.nowMs() - startMs;
    stall.toMs = systemClock.nowMs() + 500;
    await delay(800);
  });
  const during = events.filter((event) => event.atMs > stall.fromMs + 20 && event.atMs < stall.fromMs + 480);
  t.true(during.length > 40, 'probes went on at their rate while the server stalled');
  for (const event of during) {
    const expectedMs = stall.fromMs + 500 - event.atMs;
    t.is(event.result, 'ok');
    t.true(event.latencyMs >= expectedMs - 5, `${event.latencyMs} of ${expectedMs}`);
  }
  const slow = outages(runOf(events, 1100, { limitMs: 200 }));
  // Those that were answered too late were due before the last 200 ms of the stall; then all are answered at once.
  const backlogMs = Math.max(...during.map((event) => event.latencyMs - (stall.fromMs + 500 - event.atMs)));
  t.true(longestMs(slow) >= 300 - 20, `${longestMs(slow)}`);
  t.true(longestMs(slow) <= 300 + 20 + longestGoodMs(events.slice(0, 20)) + backlogMs, `${longestMs(slow)}`);
});

test.serial('every probe is a connection of its own and none resumes a session', async (t) => {
  const site = await startSite();
  t.teardown(site.close);
  const events = await run(configFor(site.port, { mostProbes: 40 }));
  t.is(events.length, 40);
  t.true(events.every((event) => event.result === 'ok' && event.via?.loadBalancer === 'lb1' && event.status === 200));
  t.is(site.resumed(), 0);
  t.deepEqual([...new Set(events.map((event) => event.path))], ['/', '/api/health']);
});

test.serial('an answer with the right status and the wrong content is wrong', async (t) => {
  const site = await startSite((path) => (path === '/' ? { body: 'It works!' } : { status: 503, body: 'Quintet' }));
  t.teardown(site.close);
  const events = await run(configFor(site.port, { mostProbes: 4 }));
  t.deepEqual(
    events.map((event) => [event.result, event.status]),
    [
      ['wrong', 200],
      ['wrong', 503],
      ['wrong', 200],
      ['wrong', 503],
    ],
  );
});

test.serial('a certificate of another authority or another name is an error', async (t) => {
  const site = await startSite();
  t.teardown(site.close);
  const other = await siteCertificate();
  const untrusted = await run(configFor(site.port, { mostProbes: 2, ca: other.ca }));
  const misnamed = await run(configFor(site.port, { mostProbes: 2, serverName: 'www.other.test' }));
  t.deepEqual([...new Set(untrusted.map((event) => event.result))], ['error']);
  t.deepEqual([...new Set(misnamed.map((event) => event.detail))], ['ERR_TLS_CERT_ALTNAME_INVALID']);
});

timed('a server that never answers times out and never delays the next probe', async (t) => {
  const site = await startSite(() => ({ body: '', afterMs: 2000 }));
  t.teardown(site.close);
  const events = await run(configFor(site.port, { mostProbes: 30, timeoutMs: 300 }));
  t.is(events.length, 30);
  t.true(events.every((event) => event.result === 'timeout' && event.latencyMs >= 298 && event.latencyMs < 1500));
  // Had each waited for the one before, the last would have been nine seconds late.
  t.true(events.filter((event) => event.latenessMs < 200).length > 15);
});

test.serial('no more probes than allowed are in flight: the others are errors that name the reason', async (t) => {
  const site = await startSite(() => ({ body: '', afterMs: 2000 }));
  t.teardown(site.close);
  const events = await run(configFor(site.port, { mostProbes: 20, timeoutMs: 400, mostInFlight: 5 }));
  t.is(events.filter((event) => event.result === 'timeout').length, 5);
  t.is(events.filter((event) => event.detail?.startsWith('not sent')).length, 15);
});

test.serial('plain HTTP is asked without TLS, and a redirection is right where one is expected', async (t) => {
  const server = createPlainServer((_request, response) => response.writeHead(301, { location: 'https://x/' }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const path = { path: '/', contains: '', part: 'static' } as const;
  const plain = { scheme: 'http', mostProbes: 4, paths: [{ ...path, expectStatus: 301 }, path] } as const;
  const events = await run(configFor(port, plain));
  t.deepEqual(
    events.map((event) => [event.result, event.status]),
    [
      ['ok', 301],
      ['wrong', 301],
      ['ok', 301],
      ['wrong', 301],
    ],
  );
});

test.serial('an answer that is cut off is an error, whatever came of it', async (t) => {
  const site = await startSite(() => ({ body: 'Quintet', cutOff: true }));
  t.teardown(site.close);
  const events = await run(configFor(site.port, { mostProbes: 2 }));
  t.deepEqual([...new Set(events.map((event) => event.result))], ['error']);
});
