import type { History } from '../model/history.js';
import type { Finding } from '../model/verdict.js';
import { gravest, type Judgement, judged, type Subject, unknown } from './judgement.js';
import { judgeOutage } from './outage-bound.js';
import { isBad, outages, probesOf, runOf, totalMs } from './outages.js';
import { judgeRecovery } from './recovery.js';
import { judgeVip } from './vip-holders.js';

export interface Expectations {
  /** The longest outage that passes, all stretches together, in milliseconds; any passes when left out. */
  readonly outageAtMostMs?: number | undefined;
  /** Never two load balancers with the VIP, and exactly one at the end. */
  readonly vipHeldByOne: boolean;
}

type Checker = (history: History, expected: Expectations) => Judgement;

const vipChecker: Checker = (history, expected) => {
  const judgement = judgeVip(history);
  return expected.vipHeldByOne ? judgement : { ...judgement, outcome: 'skipped' };
};

/** What is held against the history of a scenario; each can throw without hiding the others. */
const checkers: readonly Checker[] = [
  (history, expected) => judgeOutage(history, expected.outageAtMostMs),
  vipChecker,
  (history) => judgeRecovery(history),
];

/** Judges one run of a scenario by its history alone. */
export const judgeScenario = (
  scenario: Pick<Subject, 'id' | 'title'>,
  history: History,
  expected: Expectations,
): Finding => {
  const subject = { kind: 'scenario', id: scenario.id, title: scenario.title } as const;
  const parts = checkers.map((checker) => judged(subject, () => checker(history, expected)));
  const outcome = gravest(parts.map((part) => part.outcome));
  const telling = parts.filter((part) => part.outcome === outcome).map((part) => part.detail);
  const endedMs = history.find((event) => event.type === 'run-ended')?.atMs;
  return {
    ...subject,
    outcome,
    detail: outcome === 'pass' ? story(history) : telling.join('; '),
    evidence: [...faultLines(history), ...parts.flatMap((part) => part.evidence ?? [])],
    measures: parts.flatMap((part) => part.measures ?? []),
    ...(endedMs === undefined ? {} : { durationMs: endedMs }),
  };
};

const faultLines = (history: History): string[] =>
  history
    .filter((event) => event.type === 'fault' || event.type === 'heal')
    .map((event) => `${event.type} ${event.fault} on ${event.machine} at ${Math.round(event.atMs)} ms`);

/** What visitors saw of it, in a line: who carried them, and how many got no good answer. */
const story = (history: History): string => {
  const probes = probesOf(history);
  const failed = probes.filter((probe) => isBad(probe, runOf(history)?.limitMs ?? 0)).length;
  const carriers = probes
    .flatMap((probe) => probe.loadBalancer ?? [])
    .filter((name, index, all) => name !== all[index - 1]);
  const carried = carriers.length === 0 ? 'carried by nobody known' : `carried by ${carriers.join(', then ')}`;
  return `${failed} of ${probes.length} requests failed; ${carried}${doubt(history)}`;
};

const outageOf = (finding: Finding): number =>
  finding.measures?.find((measure) => measure.name === 'outage')?.value ?? 0;

/** Probes sent late leave the outage between two figures: the greater one counts, the smaller one is told. */
const doubt = (history: History): string => {
  const leastMs = totalMs(outages(history, 'good'));
  return leastMs < totalMs(outages(history, 'bad'))
    ? `; this computer was busy: the outage may have been ${Math.round(leastMs)} ms`
    : '';
};

/** One finding for all the runs of a scenario: the gravest, and among those the one with the longest outage. */
export const worstRun = (subject: Subject, runs: readonly Finding[]): Finding => {
  const outcome = gravest(runs.map((run) => run.outcome));
  const worst = runs
    .filter((run) => run.outcome === outcome)
    .reduce<Finding | undefined>((one, other) => (one && outageOf(one) >= outageOf(other) ? one : other), undefined);
  if (worst === undefined) return { ...subject, ...unknown('it was never run') };
  if (runs.length === 1) return worst;
  const durationMs = runs.reduce((sum, run) => sum + (run.durationMs ?? 0), 0);
  const all = runs.map((run, index) => `run ${index + 1}: ${run.outcome}, ${run.detail}`);
  return {
    ...worst,
    detail: `${worst.detail} (worst of ${runs.length} runs)`,
    durationMs,
    evidence: [...all, ...(worst.evidence ?? [])],
  };
};
