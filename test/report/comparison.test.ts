import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseHTML } from 'linkedom';
import { judgeRecord } from '../../src/check/record.js';
import type { RecordEvent, VerificationRecord } from '../../src/model/history.js';
import { comparisonOf, jsonComparison } from '../../src/report/comparison.js';
import { comparisonJsonSchema, comparisonSchema } from '../../src/report/comparison-schema.js';
import { comparisonTable } from '../../src/report/comparison-table.js';
import { htmlComparison } from '../../src/report/html/comparison.js';
import { noPaint } from '../../src/report/table.js';
import { record, started } from './records.js';

const judged = (name: string, of: VerificationRecord) => ({ name, record: of, verdict: judgeRecord(of) });
const scenarioIn = (of: VerificationRecord, id: string) => {
  let current = '';
  return of.map((event): readonly [RecordEvent, boolean] => {
    if (event.type === 'run-started') current = event.scenario.id;
    return [event, current === id];
  });
};

/** The same run a year later: faster timers, a bound that is missed, a TLS that was mended, a scenario less and one more. */
const later: VerificationRecord = scenarioIn(record, 'haproxy-killed').flatMap(([event, isKilled]): RecordEvent[] => {
  if (event.type === 'verification-started') {
    const { plan, environment } = event;
    const versions = { ...environment.versions, lb2: { haproxy: '3.2.0', keepalived: '2.3.3' } };
    return [
      {
        ...event,
        wallClock: '2027-11-22T19:05:08.123Z',
        plan: { ...plan, vrrp: { ...plan.vrrp, advertMs: 100 } },
        environment: { ...environment, versions },
      },
    ];
  }
  if (event.type === 'found' && event.finding.id === 'tls-versions') {
    return [{ ...event, finding: { ...event.finding, outcome: 'pass', detail: '1.2 and 1.3 accepted' } }];
  }
  if (event.type === 'found' && event.finding.id === 'clock-jump') {
    return [{ ...event, finding: { ...event.finding, id: 'disk-full', title: 'The disk is full' } }];
  }
  if (!isKilled) return [event];
  if (event.type === 'run-started') {
    const { scenario } = event;
    const site = { outageExpected: false, outageAtMostMs: 20 };
    return [{ ...event, scenario: { ...scenario, expect: { ...scenario.expect, site } } }];
  }
  return [event];
});

const [a, b] = [judged('first', record), judged('second', later)];
const comparison = comparisonOf(a, b);
const of = (id: string) => comparison.findings.find((each) => each.id === id);

test('the published schema is the one that comparisons are held to; `npm run schemas` writes it', (t) => {
  t.is(readFileSync(new URL('../../docs/comparison.schema.json', import.meta.url), 'utf8'), comparisonJsonSchema());
  t.true(comparisonSchema.safeParse(JSON.parse(jsonComparison(comparison))).success);
});

test('a pass that became a fail is worse, a fail that became a pass better, and what only one has is neither', (t) => {
  t.like(of('haproxy-killed'), { change: 'worse', a: 'pass', b: 'fail' });
  t.like(of('tls-versions'), { change: 'better', a: 'fail', b: 'pass' });
  t.like(of('clock-jump'), { change: 'only-in-a', a: 'skipped', b: undefined });
  t.like(of('disk-full'), { change: 'only-in-b', a: undefined, b: 'skipped' });
  t.is(of('cable-cut')?.change, 'same');
  t.deepEqual(comparison.counts, {
    worse: 1,
    better: 1,
    other: 0,
    'only-in-a': 1,
    'only-in-b': 1,
    same: verdictCount - 3,
  });
});
const verdictCount = a.verdict.findings.length;

test('what is unknown on one side is neither better nor worse', (t) => {
  const cut = comparisonOf(a, judged('cut', record.slice(0, Math.ceil(record.length / 2))));
  t.false(cut.b.complete);
  t.is(cut.findings.filter(({ change }) => change === 'worse' || change === 'better').length, 0);
  t.true((cut.counts['only-in-a'] ?? 0) > 0);
  t.is(cut.findings.find(({ id }) => id === 'verification-ended')?.change, 'only-in-b');
});

test('outage, failed requests, bound and the parts of the failover stand side by side', (t) => {
  const figures = new Map(of('power-cut')?.figures.map((figure) => [figure.name, figure]));
  for (const name of [
    'outage',
    'outage at most',
    'median outage',
    'failed',
    'writes lost',
    'recovery',
    'detection',
    'ARP',
  ]) {
    const figure = figures.get(name);
    t.true(figure?.a !== undefined && figure.a === figure.b, name);
  }
  t.like(
    of('haproxy-killed')?.figures.find(({ name }) => name === 'outage at most'),
    { a: 250, b: 20 },
  );
});

test('only the conditions that were not the same are told', (t) => {
  t.deepEqual(comparison.differences, [
    { what: 'advert interval', a: '300 ms', b: '100 ms' },
    { what: 'haproxy on lb2', a: '3.0.11', b: '3.2.0' },
  ]);
});

test('what became worse comes first, of scenarios and of checks', (t) => {
  const [first] = comparison.findings;
  t.is(first?.id, 'haproxy-killed');
  t.is(comparison.findings.find(({ kind }) => kind === 'check')?.id, 'tls-versions');
});

for (const width of [60, 80, 200]) {
  test(`at ${width} columns the table is no wider, and tells what became of what`, (t) => {
    const table = comparisonTable(comparison, { width, paint: noPaint });
    for (const line of table.split('\n')) t.true(line.length < width, line);
    t.regex(table, /A {2}✘ FAIL.*first/);
    t.regex(table, /advert interval: 300 ms → 100 ms/);
    t.regex(table, /✔ → ✘/);
    t.regex(table.replaceAll(/\s+/g, ' '), /B: outage \d+ ms of at most 20 ms/);
    t.regex(table.replaceAll(/\s+/g, ' '), /Outcomes: 1 worse, 1 better, 1 only in A, 1 only in B, \d+ the same $/);
  });
}

test('at 80 columns it reads so', (t) => {
  const few = {
    ...comparison,
    findings: comparison.findings.filter(({ id }) => /^haproxy-killed|tls|reloaded/.test(id)),
  };
  t.is(
    comparisonTable(few, { width: 80, paint: noPaint }),
    ` ──────────────────────────────────────────────────────────────────────────────
 A  ✘ FAIL  Scale up · container · first
 B  ✘ FAIL  Scale up · container · second
 ──────────────────────────────────────────────────────────────────────────────

       What was other about them
 ──────────────────────────────────────────────────────────────────────────────
       advert interval: 300 ms → 100 ms
       haproxy on lb2: 3.0.11 → 3.2.0
 ──────────────────────────────────────────────────────────────────────────────

       Scenarios                                          outage        failed
 ──────────────────────────────────────────────────────────────────────────────
 ✔ → ✘ HAProxy is killed on the load balancer              47 ms             6
       that holds the VIP
       A: 6 of 624 requests failed; carried by
       lb1, then lb2
       B: outage 47 ms of at most 20 ms
       outage at most 250 → 20 ms
 ✔     HAProxy is reloaded under load, three                0 ms             0
       times
 ──────────────────────────────────────────────────────────────────────────────

       Checks
 ──────────────────────────────────────────────────────────────────────────────
 ✘ → ✔ TLS 1.2 and 1.3 only
       A: TLS 1.0 was accepted
       B: 1.2 and 1.3 accepted
 ──────────────────────────────────────────────────────────────────────────────
 Outcomes: 1 worse, 1 better, 1 only in A, 1 only in B, 15 the same
`,
  );
});

test('the page tells the same, and whatever a record says stays text', (t) => {
  const nasty = '"><script>alert(1)</script>';
  const evil = {
    ...b,
    record: [{ ...started, plan: { ...started.plan, title: nasty, name: nasty } }, ...later.slice(1)],
  };
  const { document } = parseHTML(htmlComparison(comparisonOf(a, evil)));
  t.is(document.querySelectorAll('script').length, 1);
  t.true(document.querySelector('h1')?.textContent?.includes(nasty));
  t.is(document.querySelectorAll('.compared tbody tr.worse').length, 1);
  t.is(document.querySelectorAll('.summary.compared tbody tr').length, 11);
  t.regex(document.querySelector('tr.worse')?.textContent ?? '', /worse.*A: .*B: outage/s);
  const differences = [...document.querySelectorAll('.versions tbody tr')].map((row) => row.textContent);
  t.true(differences.includes(`labscale-up${nasty}`), differences.join('\n'));
});
