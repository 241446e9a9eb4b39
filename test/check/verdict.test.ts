import test from 'ava';
import { verdictOf } from '../../src/check/verdict.js';
import { exitCodeOfOutcome } from '../../src/cli/exit-code.js';
import type { Finding, Outcome } from '../../src/model/verdict.js';

const findings = (...outcomes: Outcome[]): Finding[] =>
  outcomes.map((outcome, index) => ({ kind: 'check', id: `check-${index}`, title: '', outcome, detail: '' }));

const table: readonly (readonly [Outcome[], Outcome, number])[] = [
  [['pass', 'pass'], 'pass', 0],
  [['pass', 'unknown'], 'unknown', 4],
  [['unknown', 'fail', 'pass'], 'fail', 1],
  [['pass', 'skipped'], 'pass', 0],
  [['skipped', 'skipped'], 'unknown', 4],
  [['skipped', 'unknown'], 'unknown', 4],
  [[], 'unknown', 4],
];

for (const [outcomes, verdict, code] of table) {
  test(`${outcomes.join(', ') || 'nothing'} makes ${verdict} and exit code ${code}`, (t) => {
    t.is(verdictOf(findings(...outcomes)).outcome, verdict);
    t.is(exitCodeOfOutcome(verdict), code);
  });
}
