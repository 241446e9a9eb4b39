import type { Ground } from './ground.js';
import type { Seen } from './observers/observed.js';
import { type Observers, observe } from './observers/observers.js';
import { type Senders, startSenders } from './traffic/senders.js';

/** Those who watch a lab and those who send requests to it. */
export interface Crew {
  readonly observers: Observers;
  readonly senders: Senders;
  /** From now on this hears what is observed; how things stand, the observers tell. */
  tell(seen: Seen): void;
}

/** Keeps a crew from run to run: to get one ready takes a slow computer longer than many a run lasts. */
export interface CrewKeeper {
  /** Resolves to a crew that is ready: the last one, or another where that one lost touch with a machine or with a process. */
  take(): Promise<Crew>;
  /** Ends the last one: there is no next run, or what this one saw is not to be relied on. */
  dismiss(): Promise<void>;
}

/** No crew serves longer: machines have clocks of their own, which drift. */
const servesMs = 300_000;

interface Serving extends Crew {
  readonly sinceMs: number;
}

export const keepCrew = (ground: Pick<Ground, 'plan' | 'provider' | 'clock' | 'vantage'>): CrewKeeper => {
  let serving: Promise<Serving> | undefined;
  const isFit = async ({ observers, senders, sinceMs }: Serving): Promise<boolean> =>
    ground.clock.nowMs() - sinceMs < servesMs && senders.ready() && (await observers.inTouch());
  const after = async (former: Serving | undefined): Promise<Serving> => {
    if (former !== undefined && (await isFit(former))) return former;
    await end(former);
    return start(ground);
  };
  const last = (): Promise<Serving | undefined> => serving?.catch(() => undefined) ?? Promise.resolve(undefined);
  return {
    take: () => {
      serving = last().then(after);
      return serving;
    },
    // Whoever is being waited for is ended as well.
    dismiss: async () => {
      const former = last();
      serving = undefined;
      await end(await former);
    },
  };
};

const end = async (crew: Crew | undefined): Promise<void> =>
  void (await Promise.all([crew?.observers.close(), crew?.senders.close()]));

/** All of them or none. */
const start = async (ground: Pick<Ground, 'plan' | 'provider' | 'clock' | 'vantage'>): Promise<Serving> => {
  let hear: Seen = () => undefined;
  const watching = observe(ground, (event, agoMs) => hear(event, agoMs));
  const sending = startSenders(ground.provider);
  try {
    const [observers, senders] = await Promise.all([watching, sending]);
    const tell = (seen: Seen) => {
      hear = seen;
    };
    return { observers, senders, tell, sinceMs: ground.clock.nowMs() };
  } catch (error) {
    const [watched, sent] = await Promise.allSettled([watching, sending]);
    if (watched.status === 'fulfilled') await watched.value.close();
    if (sent.status === 'fulfilled') await sent.value.close();
    throw error;
  }
};
