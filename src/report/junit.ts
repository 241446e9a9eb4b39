import type { Finding, Verdict } from '../model/verdict.js';
import { certaintyWords, figure } from './figures.js';
import type { RunFacts } from './json.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** XML 1.0 has no way at all to write these, not even as a reference. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const attribute = (value: string): string =>
  value.replaceAll(unwritable, '\uFFFD').replaceAll(/[&<>"'\n\r\t]/g, (sign) => entities[sign] ?? sign);

const text = (value: string): string =>
  value.replaceAll(unwritable, '\uFFFD').replaceAll(/[&<>\r]/g, (sign) => entities[sign] ?? sign);

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** What a reader of JUnit XML understands: unknown is an error of the test itself, not a failure of what was tested. */
const inside = (finding: Finding): string => {
  const words = `message="${attribute(finding.detail)}"`;
  const evidence = text((finding.evidence ?? []).join('\n'));
  if (finding.outcome === 'fail') return `<failure ${words}>${evidence}</failure>`;
  if (finding.outcome === 'unknown') return `<error ${words}>${evidence}</error>`;
  if (finding.outcome === 'skipped') return `<skipped ${words}/>`;
  return '';
};

const output = (finding: Finding): string => {
  const measures = (finding.measures ?? []).map((each) => {
    const bound = each.atMost === undefined ? '' : ` (at most ${figure(each.atMost, each.unit)})`;
    return `${each.name}: ${figure(each.value, each.unit)}${bound}`;
  });
  const weak = finding.singlePointOfFailure;
  const sure = finding.certainty === undefined ? [] : [certaintyWords(finding.certainty)];
  const more = weak === undefined ? [] : [`single point of failure: ${weak}`];
  return `<system-out>${text([finding.detail, ...measures, ...distributed(finding), ...sure, ...more].join('\n'))}</system-out>`;
};

const distributed = ({ distribution }: Finding): string[] => {
  if (distribution === undefined) return [];
  const { runs, minMs, medianMs, p95Ms, maxMs } = distribution;
  const [min, median, p95, max] = [minMs, medianMs, p95Ms, maxMs].map((value) => figure(value, 'ms'));
  return [`outages of ${runs} runs: min ${min}, median ${median}, p95 ${p95}, max ${max}`];
};

const testCase = (finding: Finding, lab: string): string => {
  const name = `name="${attribute(finding.title)}" classname="${attribute(`${lab}.${finding.id}`)}"`;
  return `    <testcase ${name} time="${seconds(finding.durationMs ?? 0)}">${inside(finding)}${output(finding)}</testcase>`;
};

const totals = (findings: readonly Finding[]): string => {
  const count = (outcome: string) => findings.filter((finding) => finding.outcome === outcome).length;
  return `tests="${findings.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="${count('skipped')}"`;
};

const suite = (name: string, findings: readonly Finding[], run: RunFacts): string[] => {
  if (findings.length === 0) return [];
  const time = seconds(findings.reduce((sum, finding) => sum + (finding.durationMs ?? 0), 0));
  const head = `<testsuite name="${attribute(name)}" ${totals(findings)} time="${time}" timestamp="${attribute(run.startedAt)}">`;
  return [`  ${head}`, ...findings.map((finding) => testCase(finding, run.lab)), '  </testsuite>'];
};

/** JUnit XML as continuous integration servers read it: a suite of checks and a suite of scenarios. */
export const junitReport = ({ findings }: Verdict, run: RunFacts): string => {
  const of = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(`quintet ${run.lab}`)}" ${totals(findings)} time="${seconds(run.durationMs)}">`,
    ...suite('checks', of('check'), run),
    ...suite('scenarios', of('scenario'), run),
    '</testsuites>',
    '',
  ].join('\n');
};
