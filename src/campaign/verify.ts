import { judgeRecord } from '../check/record.js';
import { recorded } from '../check/recorded.js';
import { beyondWords, slowWords } from '../check/words.js';
import { type Clock, systemClock } from '../host/clock.js';
import type { EventStream } from '../host/event-stream.js';
import type { PlaceInAll } from '../model/events.js';
import { faultWords } from '../model/fault-words.js';
import type { RecordEvent, VerificationRecord } from '../model/history.js';
import { mostPace, type Pace, slowest, usualPace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type { ScheduledScenario } from '../model/scenario.js';
import { sentence } from '../model/sentence.js';
import type { Finding, Verdict } from '../model/verdict.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { topologySvg } from '../render/topology.js';
import { authorityOf } from './authority.js';
import { checkAtRest } from './checks/rest-checks.js';
import { keepCrew } from './crew.js';
import { environmentOf } from './environment.js';
import { abandonable, interruptible } from './interruptible.js';
import { measurePace } from './measure-pace.js';
import { heal } from './open-faults.js';
import { kept, playScenario, type Verification } from './play-scenario.js';
import { playRandomly, type RandomCampaign } from './random-campaign.js';
import { openReportFolder, type ReportFolder } from './report-folder.js';
import { openVantage } from './vantage.js';
import { waitUntilWell, wordsOf } from './well.js';

export interface VerifyOptions {
  /** Run one after the other, after the checks; by the machines' pace. */
  readonly scenariosAt: (pace: Pace) => readonly ScheduledScenario[];
  /** What is known before anything is played: of scenarios that can't be, say. */
  readonly foundBefore?: readonly Finding[];
  /** Scenarios made up on the way, after those. */
  readonly random?: RandomCampaign | undefined;
  /** Whether the checks at rest are made; true when left out. */
  readonly checks?: boolean;
  /** How long checks that do not pass are made again; 0 when left out. */
  readonly retryTimeoutMs?: number;
  /** What has not begun after this long is unknown, and what is being played is broken off. */
  readonly timeoutMs?: number | undefined;
  /**
   * How long the lab may take to be well before anything is judged; when left out 10 s, longer on slow machines, but no longer than
   * checks are made again.
   */
  readonly wellWithinMs?: number;
  /** What is taken for the machines' pace; measured when left out. */
  readonly pace?: Pace | undefined;
  /** The version of Quintet and the command line that does it again; for the report. */
  readonly quintet: string;
  readonly command: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface Verified {
  readonly verdict: Verdict;
  readonly record: VerificationRecord;
  /** Where the reports lie. */
  readonly folder: string;
  /** Why they are not whole. What was found out is found out all the same. */
  readonly unwritten?: Error;
}

/**
 * Judges a lab that is up: checks at rest, then scenarios, then one verdict. All that happens is emitted as it happens; what
 * of it is evidence goes to `reports/<time>/history.jsonl`, and the reports beside it follow from that alone. Every fault is
 * undone, whatever happens.
 */
export const verify = async (
  site: LabSite,
  provider: Provider,
  options: VerifyOptions,
  stream: EventStream,
): Promise<Verified> => {
  await heal(site, provider, stream.emit);
  // Before anything of ours is started: it shall come along.
  await provider.favour?.(true);
  try {
    return await verifyFavoured(site, provider, options, stream);
  } finally {
    await provider.favour?.(false);
  }
};

const verifyFavoured: typeof verify = async (site, provider, options, stream) => {
  const opened = await openVerification(site, provider, options, stream);
  const { reports, record, vantage, crews, clock, plan, emit, stopRecording } = opened;
  const fromMs = clock.nowMs();
  try {
    const { pace, ...speed } = await paceFor(opened, options);
    const verification = { ...opened, pace, ...speed };
    const scenarios = options.scenariosAt(pace);
    await begin(verification, options, pace);
    await settle(verification, options);
    if (options.checks !== false) await check(verification, options.retryTimeoutMs ?? 0);
    for (const finding of options.foundBefore ?? []) {
      emit({ type: 'found', finding });
      emit({ type: 'scenario-ended', finding, tookMs: 0 });
    }
    for (const [scenario, place] of placed(scenarios)) await playScenario(verification, scenario, place);
    if (options.random) await playRandomly(verification, options.random, pace);
    await kept(verification);
    emit({ type: 'verification-ended', durationMs: Math.round(clock.nowMs() - fromMs) });
    const verdict = judgeRecord(record);
    const unwritten = await failureOf(async () => {
      await writeReports(reports, verdict, record, plan);
      await reports.close();
    });
    return { verdict, record, folder: reports.path, ...(unwritten && { unwritten }) };
  } finally {
    await kept(opened);
    stopRecording();
    await crews.dismiss();
    await vantage.close();
    await failureOf(reports.close);
  }
};

/** What getting ready and well again adds to what a scenario says, roughly. */
const aroundMs = 2000;

/** About how long a scenario takes, all its runs, in milliseconds. */
export const aboutMs = ({ beforeMs, faults, afterMs, repeat }: ScheduledScenario): number =>
  repeat * (beforeMs + Math.max(0, ...faults.map(({ atMs, forMs }) => atMs + forMs)) + afterMs + aroundMs);

const placed = (scenarios: readonly ScheduledScenario[]): (readonly [ScheduledScenario, PlaceInAll])[] =>
  scenarios.map((scenario, index) => {
    const leftMs = scenarios.slice(index).reduce((sum, each) => sum + aboutMs(each), 0);
    return [scenario, { number: index + 1, count: scenarios.length, leftMs }];
  });

const openVerification = async (
  site: LabSite,
  provider: Provider,
  options: VerifyOptions,
  { emit, hear }: EventStream,
): Promise<Verification & { readonly stopRecording: () => void }> => {
  const clock = options.clock ?? systemClock;
  const ca = await authorityOf(site);
  const reports = await openReportFolder(site.folder, clock.wallClock());
  const record: RecordEvent[] = [];
  const stopRecording = hear((event) => {
    const kept = recorded(event);
    if (kept === undefined) return;
    record.push(kept);
    reports.record(kept);
  });
  const deadline = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
  const ground = { plan: site.plan, provider, vantage: openVantage(provider), clock };
  const signals = [options.signal, deadline].filter((signal) => signal !== undefined);
  return {
    ...ground,
    site,
    crews: keepCrew(ground),
    ca,
    reports,
    record,
    emit,
    stopRecording,
    tell: (missing) => emit({ type: 'output', line: `waiting: ${missing}` }),
    undoing: (open) => {
      // Otherwise it is a part of the scenario like any other.
      if (!options.signal?.aborted) return;
      emit({ type: 'note', text: `Undoing ${faultWords(open)} on ${open.machine} …` });
    },
    standing: [],
    keeping: [],
    wellAtMs: Number.NEGATIVE_INFINITY,
    interrupted: options.signal,
    deadline,
    signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
  };
};

/** What a verification reckons with, and how slow the computer is where that is more than it can reckon with. */
type Speed = { readonly pace: Pace; readonly beyond?: Pace | undefined };

/** Only of interest where something is played; what an earlier, killed Quintet left is undone by then. */
const paceFor = async (verification: Verification, options: VerifyOptions): Promise<Speed> => {
  const { plan, provider, emit, clock } = verification;
  if (options.pace !== undefined) return { pace: options.pace };
  if (options.scenariosAt(usualPace).length === 0 && options.random === undefined) return { pace: usualPace };
  const step = 'how fast the machines are';
  const fromMs = clock.nowMs();
  emit({ type: 'step-started', step });
  const measured = await abandonable(verification, () => measurePace(plan, provider));
  const pace = slowest(provider.pace, Math.min(mostPace, measured));
  emit({ type: 'step-done', step, tookMs: clock.nowMs() - fromMs });
  const beyond = measured > mostPace * slowest(provider.pace) ? measured : undefined;
  const words = beyond === undefined ? slowWords(pace) : beyondWords(beyond);
  if (pace > usualPace) emit({ type: 'note', text: `This computer ${words}.` });
  return { pace, beyond };
};

const begin = async (
  verification: Verification,
  { quintet, command, random }: VerifyOptions,
  pace: Pace,
): Promise<void> =>
  verification.emit({
    type: 'verification-started',
    version: 1,
    plan: verification.plan,
    environment: await environmentOf(verification, quintet, pace),
    command,
    ...(random === undefined ? {} : { seed: String(random.seed) }),
  });

const failureOf = async (action: () => Promise<void>): Promise<Error | undefined> => {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

/** A lab that is not well yet gets some time; what is still wrong then, the checks will say better. */
const settle = async (verification: Verification, options: VerifyOptions): Promise<void> => {
  const {
    wellWithinMs = Math.min(10_000 * verification.plan.pace, options.retryTimeoutMs || Number.POSITIVE_INFINITY),
  } = options;
  const wrong = await abandonable(verification, () =>
    waitUntilWell(
      verification,
      { mostMs: wellWithinMs, lastingMs: wellWithinMs / 2, tell: verification.tell },
      verification.interrupted,
    ),
  );
  if (wrong.length > 0) verification.emit({ type: 'note', text: sentence(`The lab is not well: ${wordsOf(wrong)}`) });
};

const checkAgainMs = 1000;

/** Checks that do not pass are made again while there is time for it; only what was found last counts. */
const check = async (verification: Verification, retryTimeoutMs: number): Promise<void> => {
  const fromMs = verification.clock.nowMs();
  const step = 'checks';
  const found = (finding: Finding) => verification.emit({ type: 'found', finding });
  verification.emit({ type: 'step-started', step });
  for (;;) {
    const nextMs = verification.clock.nowMs() - fromMs + checkAgainMs;
    const last = nextMs > retryTimeoutMs || verification.deadline?.aborted === true;
    const findings = await abandonable(verification, () => checkAtRest(verification, last ? found : () => undefined));
    const passed = findings.every((finding) => finding.outcome === 'pass');
    if (passed && !last) findings.forEach(found);
    if (passed || last) break;
    await interruptible(verification, () => verification.clock.sleep(checkAgainMs, verification.interrupted));
  }
  verification.emit({ type: 'step-done', step, tookMs: verification.clock.nowMs() - fromMs });
};

/** The charts' library takes its time to load and is needed here at the earliest. */
export const writeReports = async (
  reports: Pick<ReportFolder, 'write'>,
  verdict: Verdict,
  record: VerificationRecord,
  plan: Plan,
): Promise<void> => {
  const { reportFiles } = await import('../report/report-files.js');
  for (const [name, text] of await reportFiles(verdict, record, topologySvg(plan))) await reports.write(name, text);
};
