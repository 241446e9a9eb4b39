import { systemClock } from '../host/clock.js';
import type { Emit } from '../model/events.js';
import type { HistoryEvent } from '../model/history.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { authorityOf } from './authority.js';
import { observe } from './observers/observers.js';
import { timed } from './run.js';
import { startProber } from './traffic/prober-process.js';
import { proberConfig } from './traffic/senders.js';
import { openVantage } from './vantage.js';

export interface WatchOptions {
  /** How many requests a second, half of them for static pages. */
  readonly ratePerSecond: number;
  /** It ends by itself after so long, whatever becomes of Quintet. */
  readonly mostS: number;
  /** Hears everything that happens; `atMs` counts from when the watching began. */
  readonly emit: Emit;
  /** When it shall end. */
  readonly signal: AbortSignal;
}

/** Observes a lab and asks its site outside of any scenario: nothing is broken, written or judged. Resolves when it is over. */
export const watch = async (site: LabSite, provider: Provider, options: WatchOptions): Promise<void> => {
  const { ratePerSecond, mostS, emit, signal } = options;
  const clock = systemClock;
  const ca = await authorityOf(site);
  const vantage = openVantage(provider);
  const originMs = clock.nowMs();
  const hear = (event: HistoryEvent) => emit(timed(event, originMs));
  const sinceMs = (agoMs: number) => Math.max(0, Math.round(clock.nowMs() - originMs - agoMs));
  const plan = { ...site.plan, verify: { ...site.plan.verify, ratePerSecond } };
  try {
    const prober = await startProber(provider);
    const watching = observe({ plan, provider, clock, vantage }, (event, agoMs) =>
      hear({ ...event, atMs: sinceMs(agoMs) }),
    );
    try {
      prober.begin({ startMs: originMs + sinceMs(0), config: proberConfig({ plan, ca, mostS }) }, hear);
      await clock.sleep(mostS * 1000, signal).catch(() => undefined);
    } finally {
      await Promise.all([watching.then((observers) => observers.close()), prober.kill()]);
    }
  } finally {
    await vantage.close();
  }
};
