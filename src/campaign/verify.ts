import { join } from 'node:path';
import { judged, reason, unknown } from '../check/judgement.js';
import { judgeScenario, worstRun } from '../check/scenario.js';
import { verdictOf } from '../check/verdict.js';
import { type Clock, systemClock } from '../host/clock.js';
import { readIfAny } from '../host/files.js';
import { ComputerError, InterruptedError } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import type { Scenario } from '../model/scenario.js';
import type { Finding, Verdict } from '../model/verdict.js';
import { scheduled } from '../plan/expectation.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { jsonReport, type RunFacts } from '../report/json.js';
import { junitReport } from '../report/junit.js';
import { checkAtRest } from './checks/rest-checks.js';
import { faultTable } from './faults.js';
import { heal } from './open-faults.js';
import { openReportFolder } from './report-folder.js';
import { runScenario, type Stage } from './runner.js';
import { openVantage } from './vantage.js';
import { waitUntilWell } from './well.js';

export interface VerifyOptions {
  /** Run one after the other, after the checks. */
  readonly scenarios: readonly Scenario[];
  /** Whether the checks at rest are made; true when left out. */
  readonly checks?: boolean;
  /** How long the lab may take to be well before anything is judged; 10 s when left out. */
  readonly wellWithinMs?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface Verified {
  readonly verdict: Verdict;
  /** Where the reports lie. */
  readonly folder: string;
  readonly run: RunFacts;
}

/**
 * Judges a lab that is up: checks at rest, then scenarios, then one verdict. Each finding is emitted as it is found;
 * report.json, junit.xml and history.jsonl are written to `reports/<time>/`. Every fault is undone, whatever happens.
 */
export const verify = async (
  site: LabSite,
  provider: Provider,
  options: VerifyOptions,
  emit: Emit,
): Promise<Verified> => {
  const clock = options.clock ?? systemClock;
  const startedAt = clock.wallClock();
  const fromMs = clock.nowMs();
  const ca = await authorityOf(site);
  const reports = await openReportFolder(site.folder, startedAt);
  const vantage = openVantage(provider);
  const { plan } = site;
  const stage: Stage = { site, plan, provider, vantage, clock, ca, record: reports.record, signal: options.signal };
  try {
    await heal(site, provider, emit);
    await settle(stage, options, emit);
    const checks = options.checks === false ? [] : await check(stage, emit);
    const scenarios = await runAll(stage, options.scenarios, emit);
    const verdict = verdictOf([...checks, ...scenarios]);
    const run = {
      lab: plan.name,
      title: plan.title,
      provider: plan.provider,
      startedAt,
      durationMs: clock.nowMs() - fromMs,
    };
    await reports.write('report.json', jsonReport(verdict, run));
    await reports.write('junit.xml', junitReport(verdict, run));
    return { verdict, folder: reports.path, run };
  } finally {
    await vantage.close();
    await reports.close();
  }
};

const authorityOf = async (site: LabSite): Promise<string> => {
  const path = join(site.folder, '.quintet', 'ca', 'ca.crt');
  const ca = await readIfAny(path);
  if (ca !== undefined) return ca;
  throw new ComputerError(`The lab's certificate authority is missing: ${path}`, {
    hint: 'quintet generate makes it.',
  });
};

/** A lab that is not well yet gets some time; what is still wrong then, the checks will say better. */
const settle = async (stage: Stage, { wellWithinMs = 10_000 }: VerifyOptions, emit: Emit): Promise<void> => {
  const wrong = await interruptible(stage, () => waitUntilWell(stage, wellWithinMs, stage.signal));
  if (wrong.length > 0) emit({ type: 'note', text: `The lab is not well: ${wrong.join('; ')}.` });
};

const check = async (stage: Stage, emit: Emit): Promise<Finding[]> => {
  const fromMs = stage.clock.nowMs();
  emit({ type: 'step-started', step: 'checks' });
  const findings = await checkAtRest(stage, (finding) => emit({ type: 'finding', finding }));
  emit({ type: 'step-done', step: 'checks', tookMs: stage.clock.nowMs() - fromMs });
  return findings;
};

const runAll = async (stage: Stage, scenarios: readonly Scenario[], emit: Emit): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const scenario of scenarios) {
    const fromMs = stage.clock.nowMs();
    emit({ type: 'step-started', step: scenario.title });
    const finding = await runOne(stage, scenario);
    findings.push(finding);
    emit({ type: 'step-done', step: scenario.title, tookMs: stage.clock.nowMs() - fromMs });
    emit({ type: 'finding', finding });
  }
  return findings;
};

const runOne = async (stage: Stage, scenario: Scenario): Promise<Finding> => {
  const subject = { kind: 'scenario', id: scenario.id, title: scenario.title } as const;
  const row = faultTable[scenario.fault];
  if (!row.possible(stage.provider.faults)) {
    return { ...subject, outcome: 'skipped', detail: `the ${stage.plan.provider} provider can't ${row.words}` };
  }
  const runs: Finding[] = [];
  for (let count = 0; count < scenario.repeat; count += 1) runs.push(await runUntilKnown(stage, scenario));
  return worstRun(subject, runs);
};

/** How often a run that found nothing out (this computer was too busy, mostly) is played at the most. */
const triesAtMost = 3;

/** Nothing found out is worth another try; pass and fail stand as they are. What the earlier tries said stays as evidence. */
const runUntilKnown = async (stage: Stage, scenario: Scenario): Promise<Finding> => {
  const earlier: string[] = [];
  for (let tries = 1; ; tries += 1) {
    const finding = await runOnce(stage, scenario);
    if (finding.outcome === 'unknown' && tries < triesAtMost) earlier.push(`try ${tries}: ${finding.detail}`);
    else return earlier.length === 0 ? finding : { ...finding, evidence: [...earlier, ...(finding.evidence ?? [])] };
  }
};

/** A run that breaks off has found out nothing; only the user's own interruption ends the whole verification. */
const runOnce = async (stage: Stage, scenario: Scenario): Promise<Finding> => {
  const subject = { kind: 'scenario', id: scenario.id, title: scenario.title } as const;
  try {
    return await interruptible(stage, async () => {
      const wrong = await waitUntilWell(stage, 3000, stage.signal);
      if (wrong.length > 0)
        return { ...subject, ...unknown(`the lab was not well before: ${wrong.join('; ')}`, wrong) };
      const schedule = scheduled(scenario, stage.plan);
      const history = await runScenario(stage, schedule);
      const { outageAtMostMs } = schedule;
      return judgeScenario(scenario, history, { outageAtMostMs, vipHeldByOne: scenario.expect.vipHeldBy === 'one' });
    });
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return judged(subject, () => unknown(`the scenario broke off: ${reason(error)}`));
  }
};

const interruptible = async <T>({ signal }: Stage, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError();
    throw error;
  }
};
