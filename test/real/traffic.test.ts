import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { seenIn } from '../../src/campaign/traffic/reader.js';
import { carryTraffic, type TrafficConfig, type TrafficEvent } from '../../src/campaign/traffic/traffic.js';
import { startTraffic } from '../../src/campaign/traffic/traffic-process.js';
import { outcomeOf } from '../../src/campaign/traffic/writer.js';
import { systemClock } from '../../src/host/clock.js';
import type { ConnectionEvent, WriteEvent } from '../../src/model/history.js';
import type { EntryContract } from '../../src/model/site.js';
import { siteContract } from '../../src/roles/site-contract.js';
import { type Answer, openRelay, openSite } from '../campaign/pretended-site.js';
import { siteCertificate } from '../campaign/site.js';
import { timed } from '../rig/at-last.js';

const entries = siteContract({ runtime: 'node' }).entries as EntryContract;

type Opened = { readonly port: number; readonly ca: string };

const configFor = ({ port, ca }: Opened, changes: Partial<TrafficConfig> = {}): TrafficConfig => ({
  address: '127.0.0.1',
  port,
  serverName: 'www.scale-up.test',
  ca,
  timeoutMs: 300,
  entries,
  idPrefix: 'run-1-',
  writesPerSecond: 0,
  mostWrites: 1000,
  readsPerSecond: 0,
  mostReads: 1000,
  keptConnections: 0,
  keptEveryMs: 50,
  keptPath: '/',
  keptContains: 'Quintet',
  ...changes,
});

const carry = async (config: TrafficConfig, during: () => Promise<unknown>): Promise<TrafficEvent[]> => {
  const events: TrafficEvent[] = [];
  const stop = new AbortController();
  const signals = { stop: stop.signal, abort: new AbortController().signal };
  const done = carryTraffic(config, systemClock.nowMs(), systemClock, (event) => events.push(event), signals);
  await during();
  stop.abort();
  await done;
  return events;
};

const writesOf = (events: readonly TrafficEvent[]): WriteEvent[] => events.filter((event) => event.type === 'write');
const connectionsOf = (events: readonly TrafficEvent[]): ConnectionEvent[] =>
  events.filter((event) => event.type === 'connection');
const wordsOf = (events: readonly TrafficEvent[], id = 1): string[] =>
  connectionsOf(events)
    .filter((event) => event.id === id)
    .map((event) => event.what);

const page: Answer = (_request, _body, response) => void response.end('Quintet');
const keeper: Answer = (_request, body, response) => void response.writeHead(201).end(body);

const siteFor = async (t: ExecutionContext, answer: Answer) => {
  const site = await openSite(answer);
  t.teardown(() => site.close().catch(() => undefined));
  return site;
};

test.serial(
  'entries are written at the rate, each once, under an id of its own and on a connection of its own',
  async (t) => {
    const kept: string[] = [];
    const site = await siteFor(t, (_request, body, response) => {
      kept.push((JSON.parse(body) as { id: string }).id);
      response.writeHead(201).end(body);
    });
    const enough = async () => {
      while (kept.length < 25) await delay(20);
    };
    const writes = writesOf(await carry(configFor(site, { writesPerSecond: 50 }), enough));
    t.true(writes.length >= 25, String(writes.length));
    t.true(writes.every(({ result, status }) => result === 'acknowledged' && status === 201));
    t.deepEqual(
      kept,
      kept.map((_, index) => `run-1-${index + 1}`),
    );
    t.is(site.connections(), kept.length);
    t.deepEqual(
      writes.map(({ atMs }) => atMs).sort((one, other) => one - other),
      writes.map((_, index) => index * 20),
    );
  },
);

const answered = (status: number, body = '') => ({ kind: 'answer', status, headers: {}, body }) as const;
const outcomes = [
  ['an answer that names the entry', answered(201, '{"id":"a1","text":"x"}'), 'acknowledged'],
  ['the answer to an entry that is there already', answered(200, '{"id":"a1"}'), 'acknowledged'],
  ['an answer that names another entry', answered(201, '{"id":"a2"}'), 'unknown'],
  ['an answer that is no JSON', answered(200, '<html>'), 'unknown'],
  ['an answer that is null', answered(200, 'null'), 'unknown'],
  ['an answer that names an entry whose name begins like it', answered(201, '{"id":"a12"}'), 'unknown'],
  ['a redirection', answered(301), 'unknown'],
  ['a refusal', answered(429), 'failed'],
  ['a server error, behind which the write may have been made', answered(503), 'unknown'],
  ['a connection that was never established', { kind: 'error', detail: 'ECONNREFUSED', begun: false }, 'failed'],
  ['a connection that broke', { kind: 'error', detail: 'ECONNRESET', begun: true }, 'unknown'],
  ['a connection that took too long to establish', { kind: 'timeout', begun: false }, 'failed'],
  ['an answer that never came', { kind: 'timeout', begun: true }, 'unknown'],
] as const;

for (const [what, reply, result] of outcomes) {
  test(`after ${what} a write is ${result}`, (t) => {
    t.is(outcomeOf(entries, 'a1', reply).result, result);
  });
}

test.serial('a write is failed only where the site cannot have read it', async (t) => {
  const { ca } = await siteCertificate();
  const silent = await siteFor(t, () => undefined);
  const broken = await siteFor(t, (request) => void request.socket.destroy());
  const few = { writesPerSecond: 100, mostWrites: 3 };
  const seen = async (opened: Opened) => {
    const writes = writesOf(await carry(configFor(opened, few), () => delay(100)));
    t.is(writes.length, 3);
    return [...new Set(writes.map(({ result }) => result))];
  };
  t.deepEqual(await seen(silent), ['unknown']);
  t.deepEqual(await seen(broken), ['unknown']);
  t.deepEqual(await seen({ port: silent.port, ca }), ['failed'], 'not its certificate: nothing was sent');
  await silent.close();
  t.deepEqual(await seen(silent), ['failed'], 'nobody listens');
});

const notThere = '{"error":"there is no entry with the id a1"}';
const readings = [
  ['the entry', answered(200, '{"id":"a1","text":"x"}'), 'seen'],
  ['another entry', answered(200, '{"id":"a2"}'), 'unknown'],
  ['a page', answered(200, '<html>'), 'unknown'],
  ['the word that there is none', answered(404, notThere), 'missing'],
  ['a 404 of somebody who knows no entries', answered(404, '{"error":"there is nothing here"}'), 'unknown'],
  ['a clear error', answered(503, notThere), 'unknown'],
  ['nothing', { kind: 'timeout', begun: true }, 'unknown'],
  ['a broken connection', { kind: 'error', detail: 'ECONNRESET', begun: true }, 'unknown'],
] as const;

for (const [what, reply, result] of readings) {
  test(`a read that is answered by ${what} is ${result}`, (t) => {
    t.is(seenIn(entries, 'a1', reply).result, result);
  });
}

/** Keeps what is written, and gives it back at once or only when it is older. */
const copyOf = (lagMs: number): Answer => {
  const kept = new Map<string, number>();
  return ({ method, url = '' }, body, response) => {
    if (method === 'POST') {
      kept.set((JSON.parse(body) as { id: string }).id, performance.now());
      response.writeHead(201).end(body);
      return;
    }
    const id = url.replace('/api/entries/', '');
    const isThere = performance.now() - (kept.get(id) ?? Number.POSITIVE_INFINITY) >= lagMs;
    if (isThere) response.end(JSON.stringify({ id }));
    else response.writeHead(404).end(JSON.stringify({ error: `there is no entry with the id ${id}` }));
  };
};

for (const [lagMs, result] of [
  [0, 'seen'],
  [60_000, 'missing'],
] as const) {
  test.serial(
    `what was acknowledged is read once, after that, and is ${result} in a copy ${lagMs} ms behind`,
    async (t) => {
      const site = await siteFor(t, copyOf(lagMs));
      const config = configFor(site, { writesPerSecond: 20, readsPerSecond: 40, mostReads: 40 });
      const events = await carry(config, () => delay(800));
      const reads = events.filter((event) => event.type === 'read');
      t.true(reads.length >= 5 && reads.length <= writesOf(events).length, String(reads.length));
      t.is(new Set(reads.map(({ id }) => id)).size, reads.length);
      for (const read of reads) {
        const write = writesOf(events).find(({ id }) => id === read.id);
        t.is(write?.result, 'acknowledged');
        t.true(read.atMs >= read.ackedAtMs && read.ackedAtMs >= (write?.atMs ?? Number.POSITIVE_INFINITY));
        t.is(read.result, result, read.detail);
      }
    },
  );
}

timed('connections are kept open, used all the time, and closed at the end', async (t) => {
  const site = await siteFor(t, page);
  const events = await carry(configFor(site, { keptConnections: 3 }), () => delay(600));
  t.is(site.connections(), 3);
  for (const id of [1, 2, 3]) t.deepEqual(wordsOf(events, id), ['opened', 'closed']);
  const closed = connectionsOf(events).filter(({ what }) => what === 'closed');
  t.true(
    closed.every(({ answers = 0, ageMs = 0 }) => answers >= 8 && answers <= 13 && ageMs > 500),
    JSON.stringify(closed),
  );
});

test.serial('a connection that the server ends gracefully is opened again and did not break', async (t) => {
  const site = await siteFor(t, page);
  site.server.maxRequestsPerSocket = 3;
  const lastAnswers = await carry(configFor(site, { keptConnections: 1 }), () => delay(600));
  t.false(wordsOf(lastAnswers).includes('broke'), JSON.stringify(lastAnswers));
  t.true(site.connections() >= 3, String(site.connections()));
  site.server.maxRequestsPerSocket = 0;
  const leave = await carry(configFor(site, { keptConnections: 1, keptEveryMs: 200 }), async () => {
    await delay(300);
    for (const socket of site.sockets()) socket.end();
    await delay(300);
  });
  t.deepEqual(wordsOf(leave), ['opened', 'closed', 'opened', 'closed']);
});

timed('a connection that a proxy drops without a word broke, between two requests as well', async (t) => {
  const site = await siteFor(t, page);
  const relay = await openRelay(site.port);
  t.teardown(relay.close);
  const config = configFor({ port: relay.port, ca: site.ca }, { keptConnections: 1, keptEveryMs: 200 });
  for (const end of [relay.endAll, relay.resetAll]) {
    const events = await carry(config, async () => {
      await delay(300);
      end();
      await delay(300);
    });
    t.deepEqual(wordsOf(events), ['opened', 'broke', 'opened', 'closed'], JSON.stringify(events));
    const broke = connectionsOf(events).find(({ what }) => what === 'broke');
    t.is(broke?.answers, 2);
    t.true((broke?.atMs ?? 0) < 390, 'it is noticed at once');
  }
});

timed('a request that is never answered is a break', async (t) => {
  let silent = false;
  const site = await siteFor(t, (_request, _body, response) => {
    if (!silent) response.end('Quintet');
  });
  const events = await carry(configFor(site, { keptConnections: 1 }), async () => {
    await delay(200);
    silent = true;
    await delay(500);
  });
  t.deepEqual(wordsOf(events).slice(0, 2), ['opened', 'broke']);
  t.is(connectionsOf(events).find(({ what }) => what === 'broke')?.detail, 'no answer in 300 ms');
});

test.serial('a connection that cannot be opened is refused, and tried again until it can be', async (t) => {
  const site = await siteFor(t, page);
  await site.close();
  const events = await carry(configFor(site, { keptConnections: 1 }), async () => {
    await delay(220);
    await site.reopen();
    await delay(200);
  });
  const words = wordsOf(events);
  t.true(words.filter((what) => what === 'refused').length >= 3, words.join());
  t.deepEqual(words.slice(-2), ['opened', 'closed']);
  t.is(connectionsOf(events)[0]?.detail, 'ECONNREFUSED');
});

timed('the traffic runs in a process of its own on the same clock, until it is told to stop', async (t) => {
  const site = await siteFor(t, (request, body, response) =>
    request.method === 'POST' ? keeper(request, body, response) : page(request, body, response),
  );
  const events: TrafficEvent[] = [];
  const config = configFor(site, { writesPerSecond: 20, keptConnections: 2 });
  const traffic = await startTraffic({ atVantage: (argv) => argv });
  t.teardown(traffic.kill);
  traffic.begin({ startMs: systemClock.nowMs() + 20, config }, (event) => events.push(event));
  await delay(600);
  await traffic.finish();
  t.true(writesOf(events).length >= 10);
  t.true(writesOf(events).every(({ result }) => result === 'acknowledged'));
  for (const id of [1, 2]) t.deepEqual(wordsOf(events, id), ['opened', 'closed']);
});

test.serial('traffic that cannot start says why', async (t) => {
  const error = await t.throwsAsync(startTraffic({ atVantage: () => ['false'] }));
  t.regex(error?.message ?? '', /The traffic ended with exit code 1/);
});
