import type { Finding, Verdict } from '../model/verdict.js';
import { gravest } from './judgement.js';

/**
 * Folds findings into one verdict: fail if anything failed, else unknown if anything is unknown, else pass. What was
 * skipped counts neither way; where nothing but skipped findings (or none) is left, nothing was found out.
 */
export const verdictOf = (findings: readonly Finding[]): Verdict => {
  const worst = gravest(findings.map((finding) => finding.outcome));
  return { outcome: worst === 'skipped' ? 'unknown' : worst, findings };
};
