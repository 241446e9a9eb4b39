import { setMaxListeners } from 'node:events';
import type { Emit } from '../model/events.js';
import type { History } from '../model/history.js';
import { type Pace, rateAt, slowest, usualPace } from '../model/pace.js';
import type { ScheduledFault, ScheduledScenario } from '../model/scenario.js';
import { faultOffsetMs as offsetMs } from '../plan/fault-offset.js';
import type { LabSite } from '../providers/provider.js';
import { conditionsOf, NotMetError } from './conditions.js';
import type { CrewKeeper } from './crew.js';
import type { HealAnswer, OpenFault } from './faults/fault-table.js';
import { type GoodAnswers, goodAnswersIn } from './good-answers.js';
import { type Ground, siteDoor } from './ground.js';
import type { Observers, Pulse } from './observers/observers.js';
import { makeFault, undoFault } from './open-faults.js';
import { readBack, readBackOfNodes } from './read-back.js';
import { Run } from './run.js';
import type { Senders } from './traffic/senders.js';
import { type Complaint, waitUntilWell, wordsOf } from './well.js';

/** What a scenario is run with. */
export interface Stage extends Ground {
  readonly site: LabSite;
  readonly emit: Emit;
  readonly crews: CrewKeeper;
  /** As measured; what programs need to get well may follow it. */
  readonly pace?: Pace | undefined;
  /** How many times as slowly as usual programs start, where that is more than bounds of time are stretched by. */
  readonly beyond?: Pace | undefined;
  /** Hears what is waited for. */
  readonly tell?: ((missing: string) => void) | undefined;
  /** Hears of each fault just before it is undone. */
  readonly undoing?: ((open: OpenFault) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which of a scenario's runs it is; the entries that it writes are named by it. */
export interface RunNumber {
  readonly repetition: number;
  readonly attempt: number;
  /** Begins the ids of its entries: unique over all runs. */
  readonly idPrefix: string;
}

/** Waits for a clean beginning. Resolves to what stays wrong with the lab: getting no worse than that is getting well. */
export type Baseline = () => Promise<readonly Complaint[]>;

/** How long a step waits for what must be so before it. */
const waitWithinMs = ({ plan, pace }: Pick<Stage, 'plan' | 'pace'>): number => 30_000 * slowest(plan.pace, pace);

/** How long a lab may take to get well after the healing. */
const recoverWithinMs = ({ plan, pace }: Pick<Stage, 'plan' | 'pace'>): number => 60_000 * slowest(plan.pace, pace);
const undoAttempts = 3;
const undoAgainMs = 1000;

/**
 * Runs one scenario once, from a clean beginning, which is waited for while all who take part get ready: probes and writes, makes
 * the faults, undoes them, waits until the lab is well, reads back what was written, and returns everything that happened in
 * order. Whatever goes wrong, every fault is undone; what took part in a run that broke off takes part in no other.
 */
export const runScenario = async (
  usual: Stage,
  scenario: ScheduledScenario,
  number: RunNumber,
  baseline: Baseline,
): Promise<History> => {
  const stage = atItsRate(usual);
  const answers = goodAnswersIn(stage.plan.verify.limitMs);
  const run = new Run(stage.clock, (event) => {
    answers.hear(event);
    stage.emit(event);
  });
  try {
    const [standing, crew] = await Promise.all([baseline(), stage.crews.take()]);
    const { pace, verify } = stage.plan;
    const { ratePerSecond, limitMs } = verify;
    const { repetition, attempt, idPrefix } = number;
    const faultOffsetMs = offsetMs(scenario, repetition, stage.plan);
    run.begin(
      {
        scenario,
        ratePerSecond,
        limitMs,
        repetition,
        attempt,
        ...(scenario.repeat > 1 && { faultOffsetMs }),
        ...(pace > usualPace && { pace }),
        ...(stage.beyond !== undefined && { beyond: stage.beyond }),
      },
      crew.observers.standing(),
    );
    crew.tell(run.addNow);
    crew.senders.begin(run.originMs, { ...stage, idPrefix, mostS: longestS(scenario, stage) }, run.add);
    const later = { ...scenario, beforeMs: scenario.beforeMs + faultOffsetMs };
    await play(stage, run, later, crew.observers, standing, answers);
    await finish(stage, run, crew.senders, number);
    crew.tell(() => undefined);
    return run.history();
  } catch (error) {
    await stage.crews.dismiss();
    throw error;
  }
};

const atItsRate = (stage: Stage): Stage => {
  const { plan, pace } = stage;
  const ratePerSecond = rateAt(plan.verify.ratePerSecond, slowest(plan.pace, pace));
  return { ...stage, plan: { ...plan, verify: { ...plan.verify, ratePerSecond } } };
};

/**
 * The steps themselves. The first fault that can't be made ends the others early, and so does a step that waited in vain; all
 * are undone before the former is thrown. The latter stands in the history: what was seen until then can be judged.
 */
const play = async (
  stage: Stage,
  run: Run,
  scenario: ScheduledScenario,
  observers: Observers,
  standing: readonly Complaint[],
  answers: GoodAnswers,
): Promise<void> => {
  const { beforeMs, faults, afterMs } = scenario;
  const first = observers.holders();
  const firstSources = observers.sources();
  const broken = new AbortController();
  const signal = AbortSignal.any([broken.signal, ...(stage.signal ? [stage.signal] : [])]);
  // Every step waits for it, and a scenario may have many; Node.js takes more than ten for a leak, and tells the user.
  setMaxListeners(0, signal);
  const timetable = timetableOf(run, beforeMs, signal);
  const conditions = conditionsOf(stage, run, observers, {
    first,
    firstSources,
    goodAnswers: answers.inARow,
    withinMs: waitWithinMs(stage),
    stepsCalled: (name) => faults.filter((fault) => fault.name === name).length,
    tell: stage.tell,
  });
  await timetable.until(0);
  const act = async (fault: ScheduledFault): Promise<void> => {
    try {
      await conditions.met(fault.when, signal);
      await (fault.when ? stage.clock.sleep(fault.atMs, signal) : timetable.until(fault.atMs));
      const open = openFault(fault, await conditions.meant(fault.target, signal));
      await playOne(stage, run, observers, open, async () => {
        answers.anew(run.nowMs());
        conditions.made(fault.name);
        if (fault.when) await stage.clock.sleep(fault.forMs, signal);
        else {
          timetable.delay(fault.atMs);
          await timetable.until(fault.atMs + fault.forMs);
        }
        await conditions.met(fault.until, signal);
      });
      if (!fault.when) timetable.delay(fault.atMs + fault.forMs);
      conditions.undone(fault.name);
    } catch (error) {
      broken.abort();
      throw error;
    }
  };
  const acts = await Promise.allSettled(faults.map(act));
  const wrong = acts.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const inVain = wrong.some((error) => error instanceof NotMetError);
  const failed = wrong.find((error) => error?.name !== 'AbortError' && !(error instanceof NotMetError));
  if (failed !== undefined || (wrong.length > 0 && !inVain)) throw failed ?? wrong[0];
  await recover(stage, run, standing);
  await told(stage, observers);
  await stage.clock.sleep(afterMs, stage.signal);
};

/**
 * To make a fault takes time, and to undo it as well, on a slow computer much: all that comes later waits as long, so that
 * each lasts what it shall and their order stays.
 */
const timetableOf = (run: Run, beforeMs: number, signal: AbortSignal) => {
  let behindMs = 0;
  return {
    /** Until so long after the end of `before`, and as much longer as others took. */
    until: async (atMs: number): Promise<void> => {
      while (run.nowMs() < beforeMs + atMs + behindMs) await run.until(beforeMs + atMs + behindMs, signal);
    },
    /** What was due at `atMs` is done now. */
    delay: (atMs: number): void => {
      behindMs = Math.max(behindMs, run.nowMs() - beforeMs - atMs);
    },
  };
};

const openFault = (
  { name: _, target: __, when: ___, atMs: ____, forMs: _____, until: ______, ...settings }: ScheduledFault,
  machine: string,
): OpenFault => ({ machine, ...settings });

const playOne = async (
  stage: Stage,
  run: Run,
  observers: Observers,
  open: OpenFault,
  lasts: () => Promise<void>,
): Promise<void> => {
  const feel = (pulse: Pulse) => {
    if (open.fault === 'machine-paused') observers.feel(open.machine, pulse);
  };
  try {
    await run.timed({ type: 'fault', ...open }, () => makeFault(stage.site, stage.provider, open));
    if (open.fault === 'power-cut') observers.feel(open.machine, 'off');
    feel('still');
    await lasts();
  } finally {
    feel('waking');
    stage.undoing?.(open);
    await run.timed({ type: 'heal', ...open }, () => undo(stage, open));
    feel('awake');
  }
};

/** A machine may need a second push; what can't be undone even so stays on the list for `heal`. */
const undo = async (stage: Stage, open: OpenFault): Promise<HealAnswer> => {
  for (let left = undoAttempts - 1; ; left -= 1) {
    try {
      return await undoFault(stage.site, stage.provider, open);
    } catch (error) {
      if (left === 0) throw error;
      await stage.clock.sleep(undoAgainMs);
    }
  }
};

const recover = async (stage: Stage, run: Run, standing: readonly Complaint[]): Promise<void> => {
  const wrong = await waitUntilWell(
    stage,
    { mostMs: recoverWithinMs(stage), tell: stage.tell },
    stage.signal,
    standing,
  );
  if (wrong.length === 0) run.addNow({ type: 'well' });
  else run.addNow({ type: 'note', text: wordsOf(wrong) });
};

/** Whoever watches knows that an alert is over before whoever is on call is told so, but not long before. */
const toldWithinMs = 5000;

const told = async (stage: Stage, observers: Observers): Promise<void> => {
  const untilMs = stage.clock.nowMs() + toldWithinMs * slowest(stage.plan.pace, stage.pace);
  while (observers.alarmed() && stage.clock.nowMs() < untilMs) await stage.clock.sleep(100, stage.signal);
};

/** The run ends when no more probes are due; their last answers still belong to it, and so does what is read back. */
const finish = async (stage: Stage, run: Run, senders: Senders, number: RunNumber): Promise<void> => {
  const endedMs = run.nowMs();
  await senders.finish();
  const { entries } = stage.plan.site;
  if (entries !== undefined && stage.plan.verify.writesPerSecond > 0) {
    const { idPrefix } = number;
    const ids = run.history().flatMap((event) => (event.type === 'write' ? [event.id] : []));
    const written = { entries, idPrefix, ids };
    const read = await readBack(stage.vantage.ask, stage.clock, siteDoor(stage), written);
    const nodes = await readBackOfNodes(stage, idPrefix);
    run.addNow({ type: 'read-back', ...read, ...(nodes.length === 0 ? {} : { nodes }) });
  }
  run.add({ type: 'run-ended', atMs: endedMs });
};

/** Making and healing a fault may take a machine's whole start on a slow computer, and a step may wait for its conditions. */
const longestS = ({ beforeMs, faults, afterMs }: ScheduledScenario, stage: Stage): number => {
  const lastMs = faults.reduce((sum, fault) => sum + fault.atMs + fault.forMs, 0);
  const waits = faults.flatMap(({ when, until }) => [when, until]).filter((condition) => condition !== undefined);
  const waitedMs = waits.length * waitWithinMs(stage);
  return (beforeMs + lastMs + afterMs + waitedMs + 2 * recoverWithinMs(stage)) / 1000 + 120;
};
