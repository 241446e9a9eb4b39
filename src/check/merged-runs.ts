import type { ScheduledScenario } from '../model/scenario.js';
import type { Finding } from '../model/verdict.js';
import { certaintyOf, tallyOf } from './certainty.js';
import { distributionOf, type JudgedRun } from './distribution.js';
import { gravest, unknown } from './judgement.js';

const outageOf = ({ measures }: Finding): number => measures?.find((measure) => measure.name === 'outage')?.value ?? 0;

/** The gravest run, and among those the one with the longest outage. */
const worstOf = (findings: readonly Finding[]): Finding => {
  const outcome = gravest(findings.map((finding) => finding.outcome));
  const [first, ...others] = findings.filter((finding) => finding.outcome === outcome);
  if (first === undefined) throw new Error('no runs to merge');
  return others.reduce((worst, other) => (outageOf(other) > outageOf(worst) ? other : worst), first);
};

type Wanted = Pick<ScheduledScenario, 'repeat' | 'untilSure'>;

/** Where runs go on until something is sure, one that is unknown takes nothing away once enough of the others held. */
const worstThatCounts = (findings: readonly Finding[], { repeat, untilSure }: Wanted): Finding => {
  const worst = worstOf(findings);
  if (untilSure === undefined || worst.outcome !== 'unknown') return worst;
  const { held, unknown: untold } = tallyOf(findings.map(({ outcome }) => outcome));
  if (held >= repeat) return worstOf(findings.filter(({ outcome }) => outcome !== 'unknown'));
  const words = `only ${held} of the ${repeat} runs that must hold did, and ${untold} could not be told`;
  return { ...worst, detail: `${words}: ${worst.detail}` };
};

const once: Wanted = { repeat: 1 };

/**
 * One finding for all the runs (one at least) of a scenario: its worst one's, with how the outages of all of them lie and what
 * they prove. Repetitions that were to be played and were not are not known to be good.
 */
export const mergedRuns = (runs: readonly JudgedRun[], wanted: Wanted = once): Finding => {
  const findings = runs.map((run) => run.finding);
  const worst = worstThatCounts(findings, wanted);
  const merged = findings.length === 1 ? worst : together(runs, worst, wanted);
  if (merged.outcome !== 'pass' || runs.length >= wanted.repeat) return merged;
  return { ...merged, ...unknown(`only ${runs.length} of ${wanted.repeat} runs were played`, merged.evidence) };
};

const together = (runs: readonly JudgedRun[], worst: Finding, { untilSure }: Wanted): Finding => {
  const findings = runs.map((run) => run.finding);
  const distribution = distributionOf(runs);
  const singlePointOfFailure = findings.find((finding) => finding.singlePointOfFailure)?.singlePointOfFailure;
  const lines = findings.map((finding, index) => `run ${index + 1}: ${finding.outcome}, ${finding.detail}`);
  return {
    ...worst,
    detail: `${worst.detail} (worst of ${findings.length} runs)`,
    evidence: [...lines, ...(worst.evidence ?? [])],
    durationMs: findings.reduce((sum, finding) => sum + (finding.durationMs ?? 0), 0),
    certainty: certaintyOf(findings, untilSure?.confidencePercent),
    ...(distribution === undefined ? {} : { distribution }),
    ...(singlePointOfFailure === undefined ? {} : { singlePointOfFailure }),
  };
};
