import { catalogueLab, defaultLab } from '../host/catalogue.js';
import type { Emit } from '../model/events.js';
import type { Plan } from '../model/plan.js';
import { planOf } from '../plan/plan.js';
import { basesAreThere, ensureBases } from '../providers/container/bases.js';
import { missingPackages } from '../providers/container/host-packages.js';
import type { Context } from './context.js';
import { preferredProvider, providerFacts } from './detect-provider.js';
import { soundDraft } from './make-lab.js';

/** Something that is built while a person answers questions. */
export interface Ahead {
  /** Breaks it off unless it is done; resolves when nothing of it runs any more. */
  end(): Promise<void>;
}

/** What is asked of this computer; tests bring their own. */
export interface Builder {
  /** Whether machines will be containers, and could be built now. */
  isReady(context: Context): Promise<boolean>;
  isDone(plan: Plan): Promise<boolean>;
  build(plan: Plan, emit: Emit, signal: AbortSignal): Promise<void>;
}

const ofThisComputer: Builder = {
  isReady: async ({ env }) =>
    process.getuid?.() === 0 &&
    preferredProvider(await providerFacts(env)) === 'container' &&
    (await missingPackages()).length === 0,
  isDone: (plan) => basesAreThere({ plan }),
  build: (plan, emit, signal) => ensureBases({ plan }, emit, signal),
};

const nothing: Ahead = { end: async () => undefined };

/**
 * Begins to build what the machines of the usual lab are made of, without a word of its progress. Bringing the lab up joins it;
 * other answers than the usual ones use what they share. What goes wrong is told by whoever needs it afterwards.
 */
export const buildAhead = async (context: Context, builder = ofThisComputer): Promise<Ahead> => {
  if (!(await builder.isReady(context))) return nothing;
  const plan = planOf(soundDraft(context, await catalogueLab(defaultLab), ['provider=container']).lab);
  if (await builder.isDone(plan)) return nothing;
  context.say("While you answer, the machines' system is being built.\n");
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const built = builder.build(plan, () => undefined, signal).catch(() => undefined);
  return {
    end: async () => {
      stop.abort();
      await built;
    },
  };
};
