import type { Finding } from '../model/verdict.js';
import { certaintyOf } from './certainty.js';
import { distributionOf, type JudgedRun } from './distribution.js';
import { gravest } from './judgement.js';

const outageOf = ({ measures }: Finding): number => measures?.find((measure) => measure.name === 'outage')?.value ?? 0;

/** The gravest run, and among those the one with the longest outage. */
const worstOf = (findings: readonly Finding[]): Finding => {
  const outcome = gravest(findings.map((finding) => finding.outcome));
  const [first, ...others] = findings.filter((finding) => finding.outcome === outcome);
  if (first === undefined) throw new Error('no runs to merge');
  return others.reduce((worst, other) => (outageOf(other) > outageOf(worst) ? other : worst), first);
};

/** One finding for all the runs (one at least) of a scenario: its worst one's, with how the outages of all of them lie and what they prove. */
export const mergedRuns = (runs: readonly JudgedRun[]): Finding => {
  const findings = runs.map((run) => run.finding);
  const worst = worstOf(findings);
  if (findings.length === 1) return worst;
  const distribution = distributionOf(runs);
  const singlePointOfFailure = findings.find((finding) => finding.singlePointOfFailure)?.singlePointOfFailure;
  const lines = findings.map((finding, index) => `run ${index + 1}: ${finding.outcome}, ${finding.detail}`);
  return {
    ...worst,
    detail: `${worst.detail} (worst of ${findings.length} runs)`,
    evidence: [...lines, ...(worst.evidence ?? [])],
    durationMs: findings.reduce((sum, finding) => sum + (finding.durationMs ?? 0), 0),
    certainty: certaintyOf(findings),
    ...(distribution === undefined ? {} : { distribution }),
    ...(singlePointOfFailure === undefined ? {} : { singlePointOfFailure }),
  };
};
