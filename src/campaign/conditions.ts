import { notStandingBy } from '../check/standbys.js';
import { UnknownError } from '../model/errors.js';
import type { HistoryEvent } from '../model/history.js';
import type { Condition } from '../model/scenario.js';
import { type Demand, demandsOf, demandWords } from '../plan/conditions.js';
import { unitOf } from '../plan/services.js';
import { gatherStandbys } from './checks/gather-standbys.js';
import type { Ground } from './ground.js';
import type { Observers } from './observers/observers.js';
import type { Run } from './run.js';
import { targetOf } from './targets.js';
import { turnOf } from './turns.js';
import { serviceFacts } from './well.js';

/** A step waited in vain; what was missing stands in the history. */
export class NotMetError extends Error {
  override readonly name = 'NotMetError';
}

export interface Conditions {
  /** Waits until all of it is so at once. Throws a NotMetError when it was not in time. */
  met(condition: Condition | undefined, signal: AbortSignal): Promise<void>;
  /** The machine that a target means, once that is certain: for a moment nobody may hold the VIP, or two. Throws as `met` does. */
  meant(target: string, signal: AbortSignal): Promise<string>;
  made(name: string | undefined): void;
  undone(name: string | undefined): void;
}

const againMs = 50;

/** Whether each demand is met now; the words are what is missing, undefined where nothing is. */
type Sight = (demand: Demand) => Promise<string | undefined>;

export interface Waiting {
  /** Who held the VIP when the run began. */
  readonly first: readonly string[];
  /** And which databases took writes. */
  readonly firstSources?: readonly string[];
  /** How many of the last answers were good. */
  readonly goodAnswers: () => number;
  /** How long a step waits for what must be so before it. */
  readonly withinMs: number;
  /** How many faults have a name; 1 when left out. */
  readonly stepsCalled?: (name: string) => number;
  /** Hears what is waited for, each time that it is something else. */
  readonly tell?: ((missing: string) => void) | undefined;
}

/** What the steps of one run can wait for. */
export const conditionsOf = (
  ground: Ground,
  run: Run,
  observers: Pick<Observers, 'holders'> & Partial<Pick<Observers, 'sources'>>,
  { first, firstSources = [], goodAnswers, withinMs, stepsCalled = () => 1, tell }: Waiting,
): Conditions => {
  /** How often each step happened: one that is meant for each machine of a role is done when it is done to all of them. */
  const happened = new Map<string, number>();
  const happens = (step: string) => void happened.set(step, (happened.get(step) ?? 0) + 1);
  const on = async (target: string): Promise<string> =>
    targetOf(target, ground.plan, {
      now: observers.holders(),
      first,
      sources: { now: observers.sources?.() ?? [], first: firstSources },
      ...(await turnOf(ground, target)),
    });
  /** Which machine `vip-standby` is may not be known for a moment: two hold the VIP, or nobody does. */
  const named = (target: string): string => {
    try {
      return targetOf(target, ground.plan, { now: observers.holders(), first });
    } catch {
      return target;
    }
  };
  const missing: Sight = async (demand) => {
    switch (demand.kind) {
      case 'made':
      case 'undone':
        return (happened.get(`${demand.kind} ${demand.name}`) ?? 0) >= stepsCalled(demand.name)
          ? undefined
          : `not yet ${demand.kind}`;
      case 'vip': {
        const holders = observers.holders();
        return holders.join() === (await on(demand.target))
          ? undefined
          : `held by ${holders.join(' and ') || 'nobody'}`;
      }
      case 'answers':
        return goodAnswers() >= demand.count ? undefined : `${goodAnswers()} in a row so far`;
      case 'backup': {
        const told = (await gatherStandbys(ground, [await on(demand.target)]))[0];
        return told?.state === 'unknown' ? told.silence : told && notStandingBy(told);
      }
      case 'up':
        return notRunning(ground, await on(demand.target), [unitOf(demand.service, ground.plan)]);
      case 'well':
        return notRunning(ground, await on(demand.target));
    }
  };
  const firstMissing = async (demands: readonly Demand[]): Promise<string | undefined> => {
    for (const demand of demands) {
      const why = await missing(demand).catch(whatIsUnknown);
      if (why !== undefined) return `${demandWords(demand, named)} (${why})`;
    }
    return undefined;
  };
  /** Undefined when a look finds nothing missing, else what still was when the time was over. */
  const wait = async (look: () => Promise<string | undefined>, mostMs: number, signal: AbortSignal) => {
    const untilMs = run.nowMs() + mostMs;
    for (let told: string | undefined; ; ) {
      const why = await look();
      if (why === undefined || run.nowMs() >= untilMs) return why;
      if (why !== told) tell?.(why);
      told = why;
      await ground.clock.sleep(againMs, signal);
    }
  };
  return {
    met: async (condition, signal) => {
      const demands = demandsOf(condition);
      // Other steps happen, or end the run: how long they take is no matter of waiting in vain.
      const steps = demands.filter(({ kind }) => kind === 'made' || kind === 'undone');
      if (steps.length > 0) await wait(() => firstMissing(steps), Number.POSITIVE_INFINITY, signal);
      if (steps.length === demands.length) return;
      const atMs = run.nowMs();
      const missing = await wait(() => firstMissing(demands), withinMs, signal);
      const words = demands.filter((demand) => !steps.includes(demand)).map((demand) => demandWords(demand, named));
      run.add(waited(words.join(' and '), atMs, run.nowMs() - atMs, missing));
      if (missing !== undefined) throw new NotMetError(missing);
    },
    meant: async (target, signal) => {
      const atMs = run.nowMs();
      let machine = '';
      const look = async (): Promise<undefined> => {
        machine = await on(target);
      };
      const missing = await wait(() => look().catch(whatIsUnknown), withinMs, signal);
      const tookMs = run.nowMs() - atMs;
      if (missing !== undefined) {
        run.add(waited(`${target} is one machine`, atMs, tookMs, missing));
        throw new NotMetError(missing);
      }
      return machine;
    },
    made: (name) => happens(`made ${name}`),
    undone: (name) => happens(`undone ${name}`),
  };
};

const whatIsUnknown = (error: unknown): string => {
  if (error instanceof UnknownError) return error.message;
  throw error;
};

const waited = (words: string, atMs: number, tookMs: number, missing: string | undefined): HistoryEvent => ({
  type: 'waited',
  atMs,
  tookMs: Math.round(tookMs * 100) / 100,
  for: words,
  ...(missing === undefined ? {} : { missing }),
});

/** Which of a machine's services do not run: those units, or all that its roles give it. */
const notRunning = async (ground: Ground, machine: string, units?: readonly string[]): Promise<string | undefined> => {
  const { missing, silent } = await serviceFacts(ground, { machine, units });
  const wrong = [...missing, ...silent];
  return wrong.length === 0 ? undefined : wrong.join(', ');
};
