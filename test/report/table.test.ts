import test from 'ava';
import { runFactsOf } from '../../src/report/run-facts.js';
import { noPaint, tableReport } from '../../src/report/table.js';
import { findings, run, verdict } from './findings.js';
import { record, verdict as wholeVerdict } from './records.js';

const at = (width: number): string => tableReport(verdict, run, { width, paint: noPaint });

for (const width of [60, 80, 200]) {
  test(`at ${width} columns no line is wider and nothing is lost`, (t) => {
    const report = at(width);
    for (const line of report.split('\n')) t.true(line.length < width, line);
    const words = report.replaceAll(/[\s·]+/g, ' ');
    for (const finding of findings) for (const word of finding.detail.split(' ')) t.true(words.includes(word), word);
  });
}

test('a reader sees each outcome without colour, the outage beside its bound, and the verdict last', (t) => {
  t.is(
    at(80),
    ` Scale up · scale-up · container

    Checks
 ──────────────────────────────────────────────────────────────────────────────
 ✔  Exactly one load balancer holds the VIP
    lb1 holds the VIP
 ✘  Only the connections of the plan can be opened
    open but forbidden: lb1 to db:3306; open but forbidden: lb2 to db:3306;
    and 1 more
    · open but forbidden: web to db:3306
 ?  TLS 1.2 and 1.3 only
    whether old TLS is refused could not be seen
 ──────────────────────────────────────────────────────────────────────────────

    Scenarios                                                           outage
 ──────────────────────────────────────────────────────────────────────────────
 ✔  HAProxy is killed on the machine that holds the VIP      40 ms of 1,053 ms
    4 of 620 requests failed; carried by lb1, then lb2      █░░░░░░░░░░░   4 %
 −  The cable is pulled
    the libvirt provider can't pull the cable
 ──────────────────────────────────────────────────────────────────────────────
 ✘ FAIL  2 passed, 1 failed, 1 unknown, 1 skipped in 21.4s
`,
  );
});

test('repetitions, what failed and the single points of failure are told within 80 columns', (t) => {
  const report = tableReport(wholeVerdict, runFactsOf(record), { width: 80, paint: noPaint });
  for (const line of report.split('\n')) t.true(line.length < 80, line);
  t.regex(report, /987 ms of 1,054 ms\n.*███████████░ {2}94 %/);
  t.regex(report, /5 runs: min 847, median 913, p95 987, max 987 ms\n +detection 96%, election 1%/);
  t.regex(report, /5 of 5 held: at least 54 % of failovers would, at\s+95\s+% confidence/);
  t.regex(report, /1,840 ms of 1,054 ms\n.*████████████ 175 %\n.*\n +275 of 879 requests failed/);
  const [, weak = ''] = report.split('Single points of failure found');
  t.regex(weak, /! {2}app +2,400 ms\n +The application is killed\n ! {2}db +2,893 ms\n/);
});

test('colours change nothing but colours', (t) => {
  // Like chalk, it would print every further word it is given.
  const tint =
    (code: number) =>
    (...texts: string[]) =>
      `\u001B[${code}m${texts.join(' ')}\u001B[0m`;
  const paint = { bold: tint(1), dim: tint(2), pass: tint(32), fail: tint(31), unknown: tint(33), skipped: tint(90) };
  const coloured = tableReport(verdict, run, { width: 60, paint });
  t.true(coloured.includes('\u001B[31m'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
  const plain = coloured.replaceAll(/\u001B\[\d+m/g, '').replaceAll(/ +$/gm, '');
  t.is(plain, at(60));
});
