import { createHash } from 'node:crypto';
import test from 'ava';
import { parseHTML } from 'linkedom';
import { isBad, probesOf } from '../../src/check/outages.js';
import { judgeRecord } from '../../src/check/record.js';
import type { RecordEvent, VerificationRecord } from '../../src/model/history.js';
import { topologySvg } from '../../src/render/topology.js';
import { isIn, windowOf } from '../../src/report/charts/window.js';
import { script, scriptDigest } from '../../src/report/html/script.js';
import { htmlReport } from '../../src/report/html.js';
import { runsByScenario } from '../../src/report/runs.js';
import { limitMs, plan, record, started, verdict } from './records.js';

const page = htmlReport(verdict, record, { topologySvg: topologySvg(plan) });
const { document } = parseHTML(page);
const all = (selector: string) => [...document.querySelectorAll(selector)];
const textOf = (selector: string) =>
  (document.querySelector(selector)?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

/** How many marks a path draws. */
const marksIn = (selector: string): number =>
  all(selector).reduce((sum, path) => sum + (path.getAttribute('d')?.match(/M|h0/g)?.length ?? 0), 0);

test('it says the verdict, when, how long, and with what seed and command', (t) => {
  t.is(textOf('h1'), 'Scale up');
  t.regex(textOf('.verdict'), /FAIL 12 passed, 3 failed, 2 unknown, 1 skipped/);
  t.regex(textOf('.facts'), /22 November 2026, 19:05:08 UTC.*1m 36\.4s.*8f3a91/);
  t.regex(textOf('[aria-labelledby="again"]'), /quintet verify --repeat 5 .*quintet report/);
  t.regex(textOf('[aria-labelledby="environment"]'), /Debian 12\), 2 cores, 24 GiB.*haproxy 3\.0\.11/);
  t.truthy(document.querySelector('.topology svg title'));
});

test('it says where the computer was slow', (t) => {
  const slow = record.map((event) =>
    event.type === 'verification-started' ? { ...event, environment: { ...event.environment, pace: 3.1 } } : event,
  );
  t.regex(htmlReport(verdict, slow, { topologySvg: '' }), /3\.1 times as slowly as usual/);
  t.notRegex(page, /as slowly as usual/);
});

test('it tells its parts in order', (t) => {
  t.deepEqual(
    all('section > h2').map((heading) => heading.getAttribute('id')),
    ['troubles', 'summary', 'weak-points', 'scenarios', 'checks', 'lab', 'environment', 'again'],
  );
});

test('it names what the site can’t do without, and what proved it', (t) => {
  t.deepEqual(
    all('.weak h3').map((heading) => heading.textContent),
    ['app', 'db'],
  );
  t.is(document.querySelector('.weak a')?.getAttribute('href'), '#scenario-app-killed');
});

test('each scenario stands in the summary against its bound, and below with a picture of its worst run', (t) => {
  t.is(all('.summary tbody tr').length, 10);
  t.regex(textOf('.summary tbody tr'), /987 ms ?1,054 ms ?147 of 849 ?0 ?240 ms/);
  t.is(all('article').length, 10);
  t.is(all('article svg.chart.wide[aria-labelledby^="timeline"]').length, 9);
  t.regex(textOf('#scenario-power-cut figcaption'), /Run 4 of 5, the worst/);
  t.regex(textOf('#scenario-power-cut .distribution'), /Outages of 5 runs.*bound 1,054 ms.*median/);
  t.is(textOf('.certainty'), '5 of 5 held: at least 54 % of failovers would, at 95 % confidence.');
});

test('every request that failed is drawn, in both sizes', (t) => {
  const { history } = runsByScenario(record).get('cable-cut')?.[0] ?? { history: [] };
  const failed = probesOf(history).filter((probe) => isBad(probe, limitMs)).length;
  t.true(failed > 200);
  for (const size of ['wide', 'narrow']) t.is(marksIn(`#scenario-cable-cut .${size} .probe.none`), failed);
  const good = marksIn('#scenario-cable-cut .wide .probe.first, #scenario-cable-cut .wide .probe.second');
  const shown = probesOf(history).filter(isIn(windowOf(history)));
  t.true(shown.length < probesOf(history).length);
  t.true(good > 50 && good <= shown.length - failed, String(good));
});

test('all that happened meanwhile has its lane', (t) => {
  const lanes = textOf('#scenario-power-cut .wide');
  for (const words of [
    'fault',
    'power cut on lb1',
    'VIP',
    'nobody',
    'keepalived lb1',
    'stopped',
    'ARP',
    'servers',
    'connections',
    'writes',
  ])
    t.true(lanes.includes(words), words);
  t.regex(textOf('#scenario-vrrp-partition .wide'), /lb1 and lb2/);
  t.deepEqual(lanes.match(/lb\d: web (?:up|down)/g), ['lb2: web down']);
});

test('where only a part of a run is drawn, a strip shows the whole of it, and the words say so', (t) => {
  t.is(all('#scenario-power-cut .wide .frame').length, 1);
  t.regex(textOf('#scenario-power-cut figcaption'), /The strip shows the whole run of 5,\d{3} ms/);
  t.is(all('#scenario-haproxy-reloaded .frame').length, 0);
  t.regex(textOf('#scenario-haproxy-reloaded figcaption'), /The whole run\./);
});

test('parts of a failover and the outage each say by whom they were seen and from when they count', (t) => {
  t.regex(
    textOf('#scenario-haproxy-killed .distribution'),
    /observers on the load balancers.*due \d+ ms after the fault/,
  );
});

test('the contents name every finding once, with its outcome, and lead to it', (t) => {
  const entries = all('.contents .entries a');
  t.is(entries.length, verdict.findings.length);
  t.deepEqual(
    entries.map((entry) => entry.getAttribute('href')).sort(),
    verdict.findings.map(({ kind, id }) => `#${kind}-${id}`).sort(),
  );
  t.regex(textOf('.entries .fail'), /^✘fail: TLS 1\.2 and 1\.3 only$/);
  t.deepEqual(
    all('.chapters > li > a').map((link) => link.textContent),
    all('section > h2').map((heading) => heading.textContent),
  );
});

test('the filter tells how many there are of each outcome, and stands there only where the script runs', (t) => {
  t.true(document.querySelector('.filter')?.hasAttribute('hidden'));
  t.deepEqual(
    all('.filter fieldset label').map((label) => label.textContent?.replaceAll(/\s+/g, ' ').trim()),
    ['✘3 failed', '?2 unknown', '✔12 passed', '−1 skipped'],
  );
});

test('nothing of it comes from elsewhere, and nothing in it runs but its own script, which its policy names', (t) => {
  t.deepEqual(all('iframe, object, embed, img, base, [action], [formaction]'), []);
  t.deepEqual(
    all('script').map((each) => [each.textContent, ...[...each.attributes].map(({ name }) => name)]),
    [[script, 'type']],
  );
  t.is(scriptDigest, createHash('sha256').update(script).digest('base64'));
  t.true(page.includes(`script-src &#39;sha256-${scriptDigest}&#39;;`));
  for (const link of all('[href], [src]')) {
    const address = link.getAttribute('href') ?? link.getAttribute('src') ?? '';
    t.regex(address, /^(#|data:,$)/, address);
  }
  t.false(/url\((?!#)|@import/.test(page));
  t.regex(page.slice(0, 300), /Content-Security-Policy" content="default-src &#39;none&#39;/);
  t.false(all('*').some((element) => [...element.attributes].some(({ name }) => name.startsWith('on'))));
});

test('every picture has a name, every id is there once, and every reference leads somewhere', (t) => {
  for (const svg of all('svg').filter((each) => each.parentElement?.closest('svg') === null)) {
    t.true(svg.hasAttribute('aria-labelledby') || svg.getAttribute('aria-hidden') === 'true');
  }
  const ids = all('[id]').map((element) => element.getAttribute('id') ?? '');
  t.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
  const references = all('[aria-labelledby], [aria-describedby], a[href]').flatMap((element) =>
    ['aria-labelledby', 'aria-describedby', 'href'].flatMap(
      (name) => element.getAttribute(name)?.replace('#', '').split(' ') ?? [],
    ),
  );
  t.true(references.length > 50);
  for (const id of references) t.true(ids.includes(id), id);
});

test('the same record gives the same page', (t) => {
  t.true(htmlReport(verdict, record, { topologySvg: topologySvg(plan) }) === page);
});

const nasty = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;\u0000\uD800`;

/** The record with every text in it, names of machines and all, replaced by something nasty. */
const poisoned = (value: unknown, key = ''): unknown => {
  const kept = [
    'type',
    'result',
    'part',
    'outcome',
    'kind',
    'unit',
    'state',
    'what',
    'writes',
    'fault',
    'wallClock',
    'id',
  ];
  if (typeof value === 'string') return kept.includes(key) ? value : nasty;
  if (Array.isArray(value)) return value.map((each) => poisoned(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, name)]));
};

test('whatever a record says, it stays text', (t) => {
  const [first, ...others] = record;
  const bad = [{ ...(poisoned({ ...started, plan: {} }) as object), plan: { ...plan, title: nasty, name: nasty } }];
  const events = [...bad, ...others.map((event) => poisoned(event))] as VerificationRecord;
  t.is(first, started);
  const evil = htmlReport(judgeRecord(events), events, { topologySvg: topologySvg({ ...plan, title: nasty }) });
  const parsed = parseHTML(evil).document;
  t.is(parsed.querySelectorAll('img').length, 0);
  t.deepEqual(
    [...parsed.querySelectorAll('script')].map((each) => each.textContent),
    [script],
  );
  t.false(
    [...parsed.querySelectorAll('*')].some((each) => [...each.attributes].some(({ name }) => name.startsWith('on'))),
  );
  t.true(evil.includes('&lt;script&gt;alert'));
  for (const never of ['<img', '\u0000']) t.false(evil.includes(never), never);
  t.is(evil.split('<script').length, 2);
});

test('a record that was cut off still makes a page', (t) => {
  for (const share of [0.001, 0.1, 0.5]) {
    const cut = record.slice(0, Math.ceil(record.length * share)) as readonly RecordEvent[];
    t.true(htmlReport(judgeRecord(cut), cut).endsWith('</html>\n'));
  }
});

test('a lab without scenarios makes a page of checks alone', (t) => {
  const checks = record.filter((event) => event.type === 'verification-started' || event.type === 'verification-ended');
  const alone = htmlReport(judgeRecord(checks), checks);
  t.false(/Scenario by scenario|Single points of failure/.test(alone));
});

test('twenty scenarios of eight seconds at 200 requests a second stay below 2 MB', (t) => {
  const run = record.filter((event) => 'atMs' in event && event.type !== 'note').slice(0, 900);
  const many = Array.from({ length: 20 }, (_, index) =>
    run.map((event) =>
      event.type === 'run-started'
        ? { ...event, scenario: { ...event.scenario, id: `scenario-${index}`, repeat: 1 } }
        : event,
    ),
  );
  const events = [
    started,
    ...many.flat(),
    { type: 'verification-ended', durationMs: 1 } as const,
  ] as VerificationRecord;
  t.true(Buffer.byteLength(htmlReport(judgeRecord(events), events)) < 2_000_000);
});
