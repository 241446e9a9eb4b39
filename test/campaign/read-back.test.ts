import test, { type ExecutionContext } from 'ava';
import { readBack, type Written } from '../../src/campaign/read-back.js';
import type { Vantage } from '../../src/campaign/vantage.js';
import { doJob } from '../../src/campaign/vantage-jobs.js';
import { systemClock } from '../../src/host/clock.js';
import type { EntryContract } from '../../src/model/site.js';
import { siteContract } from '../../src/roles/site-contract.js';
import { type Answer, openSite } from './pretended-site.js';

const ask = doJob as Vantage['ask'];
const entries = siteContract({ runtime: 'node' }).entries as EntryContract;
const from = (idPrefix: string): Written => ({ entries, idPrefix, ids: [] });

const doorOf = async (t: ExecutionContext, answer: Answer) => {
  const site = await openSite(answer);
  t.teardown(() => site.close().catch(() => undefined));
  return { address: '127.0.0.1', port: site.port, serverName: 'www.scale-up.test', ca: site.ca, timeoutMs: 3000 };
};

/** Lists entries by id as the sample application does. */
const listing =
  (ids: readonly string[]): Answer =>
  (request, _body, response) => {
    const query = new URL(request.url ?? '', 'https://site').searchParams;
    const after = query.get('after') ?? '';
    const entries = ids
      .filter((id) => id > after)
      .sort()
      .slice(0, Number(query.get('limit')))
      .map((id) => ({ id, text: 'x', createdAt: '2026-11-22T19:05:08.123Z' }));
    response.end(JSON.stringify({ entries }));
  };

test('every entry of the run is read back over many pages, and none of another run', async (t) => {
  const own = Array.from({ length: 2500 }, (_, index) => `b-1-${index + 1}`);
  const door = await doorOf(t, listing(['a-1', ...own, 'b-10-1', 'b-2-1', 'c']));
  const { ids, problem } = await readBack(ask, systemClock, door, from('b-1-'));
  t.is(problem, undefined);
  t.deepEqual([...ids].sort(), [...own].sort());
});

test('a run without entries reads back none', async (t) => {
  const door = await doorOf(t, listing(['a-1', 'c-1']));
  t.deepEqual(await readBack(ask, systemClock, door, from('b-')), { ids: [] });
});

test('exactly one full page is read to its end', async (t) => {
  const own = Array.from({ length: 1000 }, (_, index) => `b-${index + 1000}`);
  const door = await doorOf(t, listing(own));
  t.deepEqual(await readBack(ask, systemClock, door, from('b-')), { ids: own });
});

test('a site that fails for a moment is asked again', async (t) => {
  let asked = 0;
  const list = listing(['b-1', 'b-2']);
  const door = await doorOf(t, (request, body, response) => {
    asked += 1;
    if (asked <= 2) response.writeHead(503).end();
    else list(request, body, response);
  });
  t.deepEqual(await readBack(ask, systemClock, door, from('b-')), { ids: ['b-1', 'b-2'] });
  t.is(asked, 3);
});

test('a site that does not give its entries within five seconds is a problem', async (t) => {
  const fromMs = systemClock.nowMs();
  const door = await doorOf(t, (_request, _body, response) => void response.writeHead(503).end());
  const found = await readBack(ask, systemClock, door, from('b-'));
  t.deepEqual(found, { ids: [], problem: "entries can't be read: status 503" });
  const tookMs = systemClock.nowMs() - fromMs;
  t.true(tookMs > 4000, String(tookMs));
});

test('an answer that lists no entries is a problem, and so is a page that comes again and again', async (t) => {
  let skippedMs = 0;
  const clock = {
    nowMs: () => systemClock.nowMs() + skippedMs,
    sleep: async () => {
      skippedMs += 2000;
    },
  };
  const odd = await doorOf(t, (_request, _body, response) => void response.end('{"rows":[]}'));
  t.regex((await readBack(ask, clock, odd, from('b-'))).problem ?? '', /^entries can't be read/);
  const own = Array.from({ length: 1000 }, (_, index) => ({ id: `b-${index + 1000}` }));
  const stuck = await doorOf(t, (_request, _body, response) => void response.end(JSON.stringify({ entries: own })));
  t.regex((await readBack(ask, systemClock, stuck, from('b-'))).problem ?? '', /page after page ends with b-1999/);
});

const another: EntryContract = {
  write: { method: 'PUT', path: '/items/ID', body: '{"what":"item ID."}', acknowledged: '' },
  read: { path: '/items/ID', seen: 'item ID.', missing: '' },
};

test('where nothing lists the entries each that was written is asked for, and what is not there is told', async (t) => {
  const ids = Array.from({ length: 20 }, (_, index) => `b-${index + 1}`);
  const kept = new Map(
    ids.filter((id) => id !== 'b-2' && id !== 'b-17').map((id) => [`/items/${id}`, `an item ${id}.`]),
  );
  const asked: (string | undefined)[] = [];
  const door = await doorOf(t, ({ url = '' }, _body, response) => {
    asked.push(url);
    response.writeHead(kept.has(url) ? 200 : 404).end(kept.get(url));
  });
  const found = await readBack(ask, systemClock, door, { entries: another, idPrefix: 'b-', ids });
  t.deepEqual(found, { ids: ids.filter((id) => id !== 'b-2' && id !== 'b-17') });
  t.deepEqual(asked.sort(), ids.map((id) => `/items/${id}`).sort());
});

test('an entry of which nothing is told is a problem, not a loss', async (t) => {
  const door = await doorOf(t, ({ url }, _body, response) => {
    response.writeHead(url === '/items/b-2' ? 500 : 200).end('an item b-1.');
  });
  const { problem } = await readBack(ask, systemClock, door, { entries: another, idPrefix: 'b-', ids: ['b-1', 'b-2'] });
  t.is(problem, "entries can't be read: status 500");
});
