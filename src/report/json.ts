import type { Verdict } from '../model/verdict.js';
import { countsOf } from './figures.js';

/** About the run as a whole. */
export interface RunFacts {
  readonly lab: string;
  readonly title: string;
  readonly provider: string;
  /** Wall clock, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
}

/** Raised when a reader of an older version could misunderstand; new fields alone do not raise it. */
export const reportVersion = 1;

/**
 * report.json, for programs:
 *   version     reportVersion
 *   outcome     pass | fail | unknown, of the whole run
 *   lab, title, provider, startedAt (ISO 8601), durationMs
 *   counts      how many findings have each outcome: {pass, fail, unknown, skipped}
 *   findings    in order: {kind: check | scenario, id, title, outcome, detail, durationMs?, measures?, evidence?}
 *               measures: {name, value, unit: ms | requests | count | percent, atMost?}; evidence: lines of text
 */
export const jsonReport = (verdict: Verdict, run: RunFacts): string => {
  const { lab, title, provider, startedAt, durationMs } = run;
  const whole = { version: reportVersion, outcome: verdict.outcome, lab, title, provider, startedAt };
  const report = {
    ...whole,
    durationMs: Math.round(durationMs),
    counts: countsOf(verdict.findings),
    findings: verdict.findings,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
};
