import { randomBytes } from 'node:crypto';
import { runsLeft, tallyOf } from '../check/certainty.js';
import { reason, type Subject, unknown } from '../check/judgement.js';
import { judgeRecord } from '../check/record.js';
import { wellAtTheEndMs } from '../check/recovery.js';
import { judgeScenario } from '../check/scenario.js';
import { InterruptedError, UnknownError } from '../model/errors.js';
import type { PlaceInAll } from '../model/events.js';
import type { RecordEvent } from '../model/history.js';
import { slowest } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type { LabNeed, ScheduledScenario } from '../model/scenario.js';
import { sentence } from '../model/sentence.js';
import type { Finding, Outcome } from '../model/verdict.js';
import { reloads } from '../roles/app.js';
import { pairMachines } from '../roles/replica.js';
import { turnsIn } from '../roles/turns.js';
import { type FaultGround, impossible, type OpenFault } from './faults/fault-table.js';
import { interruptible } from './interruptible.js';
import { journalsOf } from './observers/journals.js';
import type { ReportFolder } from './report-folder.js';
import { type RunNumber, runScenario, type Stage } from './runner.js';
import { targetOf } from './targets.js';
import { type Complaint, waitUntilSettled, waitUntilWell, wordsOf } from './well.js';

/** One verification under way. */
export interface Verification extends Stage {
  /** What is recorded so far, in order. */
  readonly record: readonly RecordEvent[];
  readonly reports: ReportFolder;
  /** Services that were missing before: not waited for again. */
  readonly standing: Complaint[];
  /** What is still being kept of runs that are over. */
  readonly keeping: Promise<void>[];
  /** When a run last saw the lab well and no visitor had noticed anything since, on the verification's clock. */
  wellAtMs: number;
  /** The user's own wish to stop. */
  readonly interrupted?: AbortSignal | undefined;
  /** The time for the whole verification is over. */
  readonly deadline?: AbortSignal | undefined;
}

/** How often a run that found nothing out (this computer was too busy, mostly) is played at the most. */
const triesAtMost = 3;

const subjectOf = ({ id, title }: ScheduledScenario): Subject => ({ kind: 'scenario', id, title });

/** Plays a scenario with all its repetitions, or says why not; what it comes to is emitted and returned. */
export const playScenario = async (
  verification: Verification,
  scenario: ScheduledScenario,
  place?: PlaceInAll,
): Promise<Finding> => {
  const from = verification.record.length;
  const fromMs = verification.clock.nowMs();
  const { id, title } = scenario;
  const instead = await whyNot(verification, scenario);
  if (instead) verification.emit({ type: 'found', finding: { ...subjectOf(scenario), ...instead } });
  else {
    verification.emit({ type: 'scenario-started', id, title, ...(place && { place }) });
    await playRepetitions(verification, scenario);
  }
  // As the final verdict will judge it, from the same events.
  const finding = judgeRecord(verification.record.slice(from)).findings.find(({ id }) => id === scenario.id);
  if (finding === undefined) throw new Error(`${scenario.id} left nothing to judge`);
  verification.emit({ type: 'scenario-ended', finding, tookMs: verification.clock.nowMs() - fromMs });
  return finding;
};

class NotWellError extends UnknownError {}

/** What an earlier run saw so short a time ago need not be looked for again: a look at everything is a second of work. */
const freshMs = 3000;

/** What a run waits for before it begins; throws when it can't be had. */
const baseline = async (verification: Verification): Promise<readonly Complaint[]> => {
  const { standing, interrupted, clock, plan } = verification;
  await kept(verification);
  // With preemption the VIP may be about to go back, which changes everything.
  if (!plan.vrrp.preempt && clock.nowMs() - verification.wellAtMs < freshMs) return standing;
  await waitUntilSettled(verification, interrupted);
  const wrong = await waitUntilWell(verification, patience(verification), interrupted, standing);
  if (!wrong.every(mayStand)) throw new NotWellError(`the lab was not well before: ${wordsOf(wrong)}`);
  standing.push(...wrong);
  return standing;
};

/** How long a clean beginning is waited for: what is left of an earlier scenario passes, what the lab itself says again and again stays. */
const patience = ({ plan, pace, tell }: Verification) => {
  const times = slowest(plan.pace, pace);
  return { mostMs: 30_000 * times, lastingMs: 5000 * times, tell };
};

/** A lab without one of its services, whose pair is none, or that cries wolf may still serve its site, and shall show what that costs it. */
const mayStand = ({ about }: Complaint): boolean => about === 'services' || about === 'standby' || about === 'alerts';

const overdue = 'the time for the whole verification was over before it was played';

const whyNot = async (
  verification: Verification,
  scenario: ScheduledScenario,
): Promise<{ readonly outcome: Outcome; readonly detail: string } | undefined> => {
  if (verification.deadline?.aborted) return unknown(overdue);
  try {
    const detail = unmet(scenario, verification.plan) ?? (await firstImpossible(verification, scenario));
    return detail === undefined ? undefined : { outcome: 'skipped', detail };
  } catch (error) {
    // A machine that is off can't be asked what is possible there; the other scenarios may still be played.
    return unknown(`whether it can be played is not known: ${reason(error)}`);
  }
};

/** Why a lab is not what a scenario needs; undefined when it is. */
const lacks: Readonly<Record<LabNeed, (plan: Plan) => string | undefined>> = {
  preempt: ({ vrrp }) => (vrrp.preempt ? undefined : 'it is for labs with vrrp.preempt: true'),
  'no-preempt': ({ vrrp }) => (vrrp.preempt ? 'it is for labs with vrrp.preempt: false' : undefined),
  standby: ({ vrrp }) => (vrrp.routers.length > 1 ? undefined : 'it is for labs with two load balancers or more'),
  'app-reload': (plan) => (reloads(plan) ? undefined : 'it is for application servers that reload without a loss'),
  apart: ({ machines }) => {
    const shared = machines.find(({ roles }) => roles.includes('load-balancer') && roles.length > 1);
    if (shared === undefined) return undefined;
    return `it is for labs whose load balancers do nothing else, and ${shared.name} is ${shared.roles.join(' and ')}`;
  },
};

/** Why a scenario is not for a lab; undefined when it is. */
export const unmet = ({ needs = [] }: Pick<ScheduledScenario, 'needs'>, plan: Plan): string | undefined =>
  needs.map((need) => lacks[need](plan)).find((why) => why !== undefined);

/** Whether a fault is possible does not hang on which of the load balancers it hits. */
const firstImpossible = async (
  verification: FaultGround,
  { faults }: ScheduledScenario,
): Promise<string | undefined> => {
  const [one = '', other = one] = verification.plan.vrrp.routers.map(({ machine }) => machine);
  for (const { target, atMs: _, forMs: __, ...settings } of faults) {
    const [source = ''] = pairMachines(verification.plan);
    const holders = {
      now: [one],
      first: [other],
      sources: { now: [source], first: [source] },
      live: turnsIn(verification.plan)[0]?.name,
    };
    const machine = targetOf(target, verification.plan, holders, () => 0);
    const open: OpenFault = { machine, ...settings };
    const why = await impossible(verification, open);
    if (why !== undefined) return why;
  }
  return undefined;
};

const playRepetitions = async (verification: Verification, scenario: ScheduledScenario): Promise<void> => {
  const outcomes: Outcome[] = [];
  const fromMs = verification.clock.nowMs();
  while (runsLeft(scenario, tallyOf(outcomes)) > 0) {
    const outcome = await playUntilKnown(verification, scenario, outcomes.length + 1);
    if (typeof outcome === 'object') {
      verification.emit({ type: 'found', finding: { ...subjectOf(scenario), ...unknown(outcome.broke) } });
      return;
    }
    outcomes.push(outcome);
    tellTally(verification, scenario, outcomes, fromMs);
  }
};

/** The last run is told by the finding. */
const tellTally = (
  { emit, clock }: Verification,
  scenario: ScheduledScenario,
  outcomes: readonly Outcome[],
  fromMs: number,
): void => {
  const tally = tallyOf(outcomes);
  const left = runsLeft(scenario, tally);
  if (left === 0) return;
  const leftMs = (left * (clock.nowMs() - fromMs)) / outcomes.length;
  emit({ type: 'run-judged', id: scenario.id, title: scenario.title, ...tally, wanted: scenario.repeat, leftMs });
};

interface BrokeOff {
  readonly broke: string;
}

/**
 * Nothing found out is worth another try; pass and fail stand as they are. Returns why there is nothing to judge when a
 * run broke off: that is a machine's or this computer's trouble, and no better the next time.
 */
const playUntilKnown = async (
  verification: Verification,
  scenario: ScheduledScenario,
  repetition: number,
): Promise<Outcome | BrokeOff> => {
  if (verification.deadline?.aborted) return { broke: overdue };
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await playOnce(verification, scenario, { repetition, attempt });
    if (outcome !== 'unknown' || attempt === triesAtMost) return outcome;
  }
};

/** Only the user's own interruption ends the whole verification. */
const playOnce = async (
  verification: Verification,
  scenario: ScheduledScenario,
  number: Omit<RunNumber, 'idPrefix'>,
): Promise<Outcome | BrokeOff> => {
  const fromMs = verification.clock.nowMs();
  try {
    return await interruptible(verification, async () => {
      const idPrefix = `${randomBytes(6).toString('hex')}-`;
      const history = await runScenario(verification, scenario, { ...number, idPrefix }, () => baseline(verification));
      const wellForMs = wellAtTheEndMs(history);
      if (wellForMs !== undefined) verification.wellAtMs = verification.clock.nowMs() - wellForMs;
      const { outcome } = judgeScenario(history);
      // Whatever did not pass is looked at with fresh eyes the next time.
      if (outcome !== 'pass') await verification.crews.dismiss();
      return outcome;
    });
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    if (verification.deadline?.aborted) return { broke: overdue };
    return { broke: error instanceof NotWellError ? error.message : `the scenario broke off: ${reason(error)}` };
  } finally {
    const name = `${scenario.id}-${number.repetition}`;
    verification.keeping.push(keepJournals(verification, name, verification.clock.nowMs() - fromMs));
  }
};

/** Waits until what is kept of earlier runs lies there: machines that are about to lose their power can't be asked any more. */
export const kept = async ({ keeping }: Pick<Verification, 'keeping'>): Promise<void> =>
  void (await Promise.all(keeping.splice(0)));

/** What the machines themselves said meanwhile, while the next run gets ready; never worth losing a run for. */
const keepJournals = async (verification: Verification, name: string, durationMs: number): Promise<void> => {
  try {
    for (const [machine, text] of await journalsOf(verification, durationMs)) {
      await verification.reports.write(`journals/${name}/${machine}.log`, text);
    }
  } catch (error) {
    verification.emit({ type: 'note', text: sentence(`The machines' journals were not kept: ${reason(error)}`) });
  }
};
