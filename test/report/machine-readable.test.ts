import test from 'ava';
import { parse } from 'yaml';
import type { Finding } from '../../src/model/verdict.js';
import { jsonReport } from '../../src/report/json.js';
import { junitReport } from '../../src/report/junit.js';
import { tapReport } from '../../src/report/tap.js';
import { findings, run, verdict } from './findings.js';
import { verdict as wholeVerdict } from './records.js';

const nasty = 'a "b" <c> & \'d\' ]]> # e \\ f\ng \u0000 \u001B[31m 😀';
const nastyFinding: Finding = {
  kind: 'check',
  id: 'nasty',
  title: nasty,
  outcome: 'fail',
  detail: nasty,
  evidence: [nasty, '...', '---'],
};

test('JSON gives the whole verdict, its version and the counts', (t) => {
  const report = JSON.parse(jsonReport(verdict, run));
  t.is(report.version, 1);
  t.is(report.outcome, 'fail');
  t.is(report.durationMs, 21_456);
  t.deepEqual(report.counts, { pass: 2, fail: 1, unknown: 1, skipped: 1 });
  t.deepEqual(report.findings, findings);
});

test('JUnit tells failures, errors and skipped apart and adds them up', (t) => {
  const xml = junitReport(verdict, run);
  t.regex(xml, /<testsuites name="quintet scale-up" tests="5" failures="1" errors="1" skipped="1" time="21.456">/);
  t.regex(xml, /<testsuite name="checks" tests="3" failures="1" errors="1" skipped="0" time="1.220"/);
  t.regex(xml, /classname="scale-up.connections" time="1.100"><failure message="open but forbidden/);
  t.regex(xml, /<error message="whether old TLS/);
  t.regex(xml, /<skipped message="the libvirt provider can&apos;t pull the cable"\/>/);
  t.regex(xml, /outage: 40 ms \(at most 1,053 ms\)/);
});

test('whatever a finding says, JUnit stays well-formed', (t) => {
  const xml = junitReport({ outcome: 'fail', findings: [nastyFinding] }, { ...run, lab: '<"lab">' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 can't hold
  t.notRegex(xml, /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/);
  // Taking away every well-formed tag and every entity must leave no sign that begins one.
  const rest = xml
    .replaceAll(/<\?xml version="1.0" encoding="UTF-8"\?>/g, '')
    .replaceAll(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, '')
    .replaceAll(/&(?:amp|lt|gt|quot|apos|#\d+);/g, '');
  t.notRegex(rest, /[<&>]/);
  t.true(xml.includes('😀'));
});

test('TAP says ok, not ok or SKIP for each, and each diagnostic is YAML', (t) => {
  const lines = tapReport(verdict).split('\n');
  t.deepEqual(lines.slice(0, 2), ['TAP version 14', '1..5']);
  t.deepEqual(
    lines.filter((line) => /^(not )?ok/.test(line)),
    [
      'ok 1 - Exactly one load balancer holds the VIP',
      'not ok 2 - Only the connections of the plan can be opened',
      'not ok 3 - TLS 1.2 and 1.3 only',
      'ok 4 - HAProxy is killed on the machine that holds the VIP',
      "ok 5 - The cable is pulled # SKIP the libvirt provider can't pull the cable",
    ],
  );
});

test('whatever a finding says, TAP keeps its lines', (t) => {
  const text = tapReport({ outcome: 'fail', findings: [nastyFinding] });
  t.is(text.split('\n').filter((line) => /^(not )?ok/.test(line)).length, 1);
  t.regex(text, /^not ok 1 - a "b" <c> & 'd' \]\]> \\# e \\\\ f g/m);
  const block = /^ {2}---\n([\s\S]*?)^ {2}\.\.\.$/m.exec(text)?.[1] ?? '';
  const diagnostic = parse(block);
  t.is(diagnostic.detail, nasty);
  t.deepEqual(diagnostic.evidence, [nasty, '...', '---']);
});

test('where nothing was verified TAP says so', (t) => {
  t.regex(tapReport({ outcome: 'unknown', findings: [] }), /^1\.\.0 # SKIP/m);
});

test('JUnit and TAP tell how outages are distributed and what the site can’t do without', (t) => {
  const xml = junitReport(wholeVerdict, run);
  t.regex(xml, /outages of 5 runs: min 847 ms, median 913 ms, p95 987 ms, max 987 ms/);
  t.regex(xml, /5 of 5 held: at least 54 % of failovers would, at 95 % confidence/);
  t.regex(xml, /single point of failure: db/);
  const tap = tapReport(wholeVerdict);
  t.is(tap.match(/^ {2}distribution: \{"runs":5,/gm)?.length, 1);
  t.is(tap.match(/^ {2}certainty: \{"held":5,"known":5,/gm)?.length, 1);
  t.is(tap.match(/^ {2}single_point_of_failure: "app"$/gm)?.length, 1);
});
