import { readFileSync } from 'node:fs';
import test from 'ava';
import { jsonReport, runFactsOf } from '../../src/report/json.js';
import { reportJsonSchema, reportSchema } from '../../src/report/report-schema.js';
import { verdict as plainVerdict, run } from './findings.js';
import { record, started, verdict } from './records.js';

test('the published schema is the one that reports are held to; `npm run schemas` writes it', (t) => {
  t.is(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'), reportJsonSchema());
});

test('a report keeps to the schema, with all that a record tells', (t) => {
  const report = reportSchema.parse(JSON.parse(jsonReport(verdict, runFactsOf(record))));
  t.is(report.command, started.command);
  t.is(report.seed, '8f3a91');
  t.deepEqual(report.environment, started.environment as never);
  t.is(report.scenarios?.length, 9);
  t.is(report.scenarios?.find(({ id }) => id === 'app-killed')?.expect.dynamic?.status, 503);
  const powerCut = report.findings.find(({ id }) => id === 'power-cut');
  t.is(powerCut?.distribution?.runs, 5);
  t.is(report.findings.find(({ id }) => id === 'app-killed')?.singlePointOfFailure, 'app');
});

test('a report without what came later keeps to it too', (t) => {
  t.true(reportSchema.safeParse(JSON.parse(jsonReport(plainVerdict, run))).success);
});

test('what a reader could misunderstand does not', (t) => {
  const report = JSON.parse(jsonReport(verdict, runFactsOf(record)));
  for (const wrong of [{ version: 2 }, { outcome: 'ok' }, { findings: [{}] }, { startedAt: 'yesterday' }]) {
    t.false(reportSchema.safeParse({ ...report, ...wrong }).success, JSON.stringify(wrong));
  }
});
