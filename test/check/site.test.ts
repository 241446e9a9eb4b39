import test from 'ava';
import type { Answer, EntryFacts, SiteFacts } from '../../src/check/facts.js';
import {
  judgeCarrier,
  judgeChain,
  judgeDynamic,
  judgeHsts,
  judgeRedirect,
  judgeStatic,
  judgeVersions,
} from '../../src/check/site.js';
import { excused } from '../../src/check/stalls.js';
import type { SiteContract } from '../../src/model/site.js';
import { busy, stall } from './histories.js';
import { plan } from './plans.js';

const answer = (status: number, headers: Record<string, string> = {}, body = ''): Answer => ({ status, headers, body });
const refused = { accepted: false, verified: false, problem: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' };
const accepted = { accepted: true, verified: true, cipher: 'TLS_AES_128_GCM_SHA256' };
const serverName = 'www.scale-up.test';
const app = { 'x-app-machine': 'app' };
const gone = { problem: 'ECONNREFUSED' };

const good: SiteFacts = {
  handshakes: [
    { version: 'TLSv1', serverName, ...refused },
    { version: 'TLSv1.1', serverName, ...refused },
    { version: 'TLSv1.2', serverName, ...accepted },
    { version: 'TLSv1.3', serverName, ...accepted },
  ],
  redirect: answer(301, { location: 'https://www.scale-up.test/' }),
  home: answer(
    200,
    { 'x-load-balancer': 'lb1', 'x-web-machine': 'web', 'strict-transport-security': 'max-age=63072000' },
    '<h1>Quintet</h1>',
  ),
  health: answer(200, app, '{"status":"ok","database":"ok"}'),
  entry: {
    id: 'a1',
    written: answer(201, app, '{"id":"a1","text":"hello"}'),
    writtenAgain: answer(200, app, '{"id":"a1","text":"hello"}'),
    found: answer(200, app, '{"id":"a1","text":"hello"}'),
  },
};

const withEntry = (change: Partial<EntryFacts>): SiteFacts => ({
  ...good,
  entry: { ...(good.entry as EntryFacts), ...change },
});

const withHandshake = (version: string, change: object): SiteFacts => ({
  ...good,
  handshakes: good.handshakes.map((each) => (each.version === version ? { ...each, ...change } : each)),
});

const cases = [
  ['chain', judgeChain, 'good', good, 'pass'],
  [
    'chain',
    judgeChain,
    'unverified',
    withHandshake('TLSv1.3', { verified: false, problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
    'fail',
  ],
  ['chain', judgeChain, 'never connected', { ...good, handshakes: [] }, 'fail'],
  ['versions', judgeVersions, 'good', good, 'pass'],
  ['versions', judgeVersions, 'TLS 1.0 accepted', withHandshake('TLSv1', accepted), 'fail'],
  ['versions', judgeVersions, 'TLS 1.3 refused', withHandshake('TLSv1.3', refused), 'fail'],
  ['versions', judgeVersions, 'TLS 1.1 timed out', withHandshake('TLSv1.1', { problem: 'ETIMEDOUT' }), 'unknown'],
  [
    'versions',
    judgeVersions,
    'a client that cannot offer TLS 1.0',
    withHandshake('TLSv1', { problem: 'ERR_SSL_NO_PROTOCOLS_AVAILABLE' }),
    'unknown',
  ],
  ['HSTS', judgeHsts, 'good', good, 'pass'],
  ['HSTS', judgeHsts, 'absent', { ...good, home: answer(200) }, 'fail'],
  [
    'HSTS',
    judgeHsts,
    'too short',
    { ...good, home: answer(200, { 'strict-transport-security': 'max-age=60' }) },
    'fail',
  ],
  ['HSTS', judgeHsts, 'no answer', { ...good, home: gone }, 'fail'],
  ['redirect', judgeRedirect, 'good', good, 'pass'],
  ['redirect', judgeRedirect, 'served over http', { ...good, redirect: answer(200) }, 'fail'],
  ['redirect', judgeRedirect, 'to http', { ...good, redirect: answer(301, { location: 'http://x/' }) }, 'fail'],
  ['static', judgeStatic, 'good', good, 'pass'],
  ['static', judgeStatic, 'served by the application', { ...good, home: answer(200, app, 'Quintet') }, 'fail'],
  ['static', judgeStatic, 'another page', { ...good, home: answer(200, {}, 'Welcome to nginx!') }, 'fail'],
  ['dynamic', judgeDynamic, 'good', good, 'pass'],
  ['dynamic', judgeDynamic, 'database gone', { ...good, health: answer(503, app, '{"database":"gone"}') }, 'fail'],
  ['dynamic', judgeDynamic, 'not created', withEntry({ written: answer(500) }), 'fail'],
  ['dynamic', judgeDynamic, 'created twice', withEntry({ writtenAgain: answer(201, app, '{"id":"a1"}') }), 'fail'],
  [
    'dynamic',
    judgeDynamic,
    'not read back',
    withEntry({ found: answer(404, app, '{"error":"there is no entry with the id a1"}') }),
    'fail',
  ],
  ['dynamic', judgeDynamic, 'read back as another', withEntry({ found: answer(200, app, '{"id":"a12"}') }), 'fail'],
  [
    'dynamic',
    judgeDynamic,
    'served by nobody known',
    { ...good, health: answer(200, {}, '{"database":"ok"}') },
    'fail',
  ],
  ['load balancer', judgeCarrier, 'good', good, 'pass'],
  ['load balancer', judgeCarrier, 'none named', { ...good, home: answer(200) }, 'fail'],
  [
    'load balancer',
    judgeCarrier,
    'a machine that is none',
    { ...good, home: answer(200, { 'x-load-balancer': 'web' }) },
    'fail',
  ],
] as const;

for (const [what, judge, when, facts, outcome] of cases) {
  test(`${what}: ${when} is ${outcome}`, (t) => {
    const judgement = judge(facts, plan);
    t.is(judgement.outcome, outcome, judgement.detail);
    t.not(judgement.detail, '');
  });
}

const { entries: _, ...withoutWrites } = plan.site;
const { entry: __, ...nothingWritten } = good;

test('an application that writes nothing passes by its answer alone', (t) => {
  const quiet = { ...plan, site: withoutWrites };
  const judgement = judgeDynamic(nothingWritten, quiet);
  t.is(judgement.outcome, 'pass');
  t.is(judgement.detail, 'answered by app; the application writes nothing');
  t.is(judgeDynamic({ ...nothingWritten, health: answer(500, app) }, quiet).outcome, 'fail');
});

test('another contract is judged by its own words and statuses', (t) => {
  const site: SiteContract = {
    static: { path: '/index.html', contains: 'Welcome' },
    dynamic: { path: '/ready', contains: '' },
    entries: {
      write: { method: 'PUT', path: '/items/ID', body: '{"what":"item ID."}', acknowledged: '' },
      read: { path: '/items/ID', seen: 'item ID.', missing: '' },
    },
  };
  const other = { ...plan, site };
  const facts: SiteFacts = {
    ...good,
    home: answer(200, { 'x-web-machine': 'web' }, 'Welcome'),
    health: answer(200, app),
    entry: { id: 'a1', written: answer(204), writtenAgain: answer(204), found: answer(200, app, 'item a1.') },
  };
  t.is(judgeStatic(facts, other).outcome, 'pass');
  t.is(judgeStatic(good, other).detail, 'the page does not say Welcome');
  const judgement = judgeDynamic(facts, other);
  t.is(judgement.outcome, 'pass');
  t.deepEqual(judgement.evidence, [
    '/ready: status 200',
    'written: status 204',
    'written again: status 204',
    'read back: status 200',
  ]);
  const found = answer(200, app, 'item a12.');
  const entry = { ...(facts.entry as EntryFacts), found };
  t.is(judgeDynamic({ ...facts, entry }, other).detail, 'the entry was not read back: status 200');
});

const late = { problem: 'ETIMEDOUT' };
const kept = { accepted: false, verified: false, problem: 'ETIMEDOUT' };
for (const [name, judge, facts] of [
  ['a page', judgeStatic, { ...good, home: late }],
  ['a redirect', judgeRedirect, { ...good, redirect: late }],
  ['an entry', judgeDynamic, withEntry({ written: late })],
  ['a handshake', judgeVersions, withHandshake('TLSv1.2', kept)],
] as const) {
  test(`${name} that was not there in time fails on a quiet computer, and is unknown on a busy one`, (t) => {
    t.is(excused([stall(100, 40)], judge(facts, plan)).outcome, 'fail');
    t.is(excused([stall(100, 130), stall(300, 130)], judge(facts, plan)).outcome, 'unknown');
  });
}

test('a page that was refused is never excused', (t) => {
  t.is(excused(busy(0, 4000), judgeStatic({ ...good, home: gone }, plan)).outcome, 'fail');
});
