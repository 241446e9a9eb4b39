import type { Finding, Outcome, Verdict } from '../model/verdict.js';
import { gravest } from './judgement.js';

/**
 * Folds findings into one verdict: fail if anything failed, else unknown if anything is unknown, else pass. What was
 * skipped counts neither way; where nothing but skipped findings (or none) is left, nothing was found out.
 */
export const verdictOf = (findings: readonly Finding[]): Verdict => {
  const worst = gravest(findings.map((finding) => finding.outcome));
  return { outcome: worst === 'skipped' ? 'unknown' : worst, findings };
};

const exitCodes: Record<Outcome, number> = { pass: 0, fail: 1, unknown: 4, skipped: 4 };

/** The exit code of a run with this outcome: 0 passed, 1 failed, 4 Quintet could not find out. */
export const exitCodeOf = (outcome: Outcome): number => exitCodes[outcome];
