import type { Verdict } from '../model/verdict.js';
import { countsOf } from './figures.js';
import type { RunFacts } from './run-facts.js';

export { type RunFacts, runFactsOf } from './run-facts.js';

/** Raised when a reader of an older version could misunderstand; new fields alone do not raise it. */
export const reportVersion = 1;

/** report.json, for programs; docs/report.schema.json says what is in it. */
export const jsonReport = (verdict: Verdict, run: RunFacts): string => {
  const { lab, title, provider, startedAt, durationMs, command, seed, environment, scenarios } = run;
  const report = {
    version: reportVersion,
    outcome: verdict.outcome,
    lab,
    title,
    provider,
    startedAt,
    durationMs: Math.round(durationMs),
    command,
    seed,
    counts: countsOf(verdict.findings),
    findings: verdict.findings,
    scenarios,
    environment,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
};
