import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { ProberConfig } from '../../src/campaign/traffic/prober.js';
import { startProber } from '../../src/campaign/traffic/prober-process.js';
import { lengthMs, outages } from '../../src/check/outages.js';
import { proberDoubts } from '../../src/check/prober-trust.js';
import { systemClock } from '../../src/host/clock.js';
import { type Companion, run, start } from '../../src/host/command.js';
import type { History, ProbeEvent } from '../../src/model/history.js';
import { runOf } from '../campaign/run-of.js';
import { onceMore, timed } from '../rig/at-last.js';
import { matrix } from '../rig/matrix.js';
import { programOf } from '../rig/source.js';

/** The prober, held against a site that was dark for exactly known times, each in a process of its own. */

const quietMs = 400;

const here = { atVantage: (argv: readonly string[]) => argv };

interface Dark {
  readonly fromMs: number;
  readonly toMs: number;
}

type How = 'closed' | 'silent' | 'frozen';

class DarkSite {
  private constructor(
    private readonly companion: Companion,
    private readonly lines: AsyncIterator<string>,
    readonly port: number,
    readonly ca: string,
  ) {}

  static async open(t: ExecutionContext): Promise<DarkSite> {
    const companion = start(programOf('test/rig/dark-site-main.ts'));
    t.teardown(() => companion.stop());
    const lines = companion.lines[Symbol.asyncIterator]();
    const { port, ca } = await DarkSite.#next<{ port: number; ca: string }>(lines);
    return new DarkSite(companion, lines, port, ca);
  }

  async goDark(how: How, darkMs: number): Promise<Dark> {
    this.companion.write(`${how} ${darkMs}\n`);
    return DarkSite.#next<Dark>(this.lines);
  }

  static async #next<T>(lines: AsyncIterator<string>): Promise<T> {
    const line = await lines.next();
    if (line.done) throw new Error('the dark site ended');
    return JSON.parse(line.value) as T;
  }
}

interface Measuring {
  readonly ratePerSecond: number;
  readonly limitMs: number;
  readonly timeoutMs: number;
}

interface Measured {
  readonly history: History;
  /** When the run began, on the clock that the site tells its times by. */
  readonly startMs: number;
}

/** Probes with the real prober in its process while `during` goes on, which is told that process's id. */
const measure = async (
  site: DarkSite,
  { ratePerSecond, limitMs, timeoutMs }: Measuring,
  during: (pid: number) => Promise<void>,
): Promise<Measured> => {
  const config: ProberConfig = {
    address: '127.0.0.1',
    port: site.port,
    serverName: 'www.scale-up.test',
    ca: site.ca,
    ratePerSecond,
    timeoutMs,
    paths: [{ path: '/', contains: 'Quintet', part: 'static' }],
    mostProbes: 10_000,
    mostInFlight: 500,
  };
  const probes: ProbeEvent[] = [];
  const prober = await startProber(here);
  const startMs = systemClock.nowMs() + 20;
  prober.begin({ startMs, config }, (event) => probes.push(event));
  await delay(quietMs);
  await during(prober.pid);
  await delay(quietMs);
  const endMs = systemClock.nowMs() - startMs;
  await prober.finish();
  await prober.kill();
  return { history: runOf(probes, endMs, { ratePerSecond, limitMs }), startMs };
};

const wasLate = ({ history }: Measured, intervalMs: number): boolean =>
  history.some((event) => event.type === 'probe' && event.latenessMs > intervalMs) || proberDoubts(history).length > 0;

/** On a computer that is busy with other things the prober says that it was late: that measures nothing, so it is done again. */
const measureDark = async (t: ExecutionContext, measuring: Measuring, how: How, darkMs: number) => {
  const site = await DarkSite.open(t);
  const measured = async () => {
    let dark: Dark = { fromMs: 0, toMs: 0 };
    const found = await measure(site, measuring, async () => {
      dark = await site.goDark(how, darkMs);
    });
    return { ...found, dark };
  };
  return onceMore(measured, (found) => wasLate(found, 1000 / measuring.ratePerSecond));
};

/** A probe belongs to the moment it was due at, so an outage is known to an interval at either end, and to the latest probe. */
const isOutage = (
  t: ExecutionContext,
  { history, startMs }: Measured,
  { fromMs, toMs }: Dark,
  toleranceOnTimeMs: number,
): void => {
  const latest = Math.max(...history.flatMap((event) => (event.type === 'probe' ? [event.latenessMs] : [])));
  const toleranceMs = toleranceOnTimeMs + latest;
  for (const lateAs of ['good', 'bad'] as const) {
    const found = outages(history, lateAs);
    const [outage] = found;
    const seen = `${JSON.stringify(found)} for ${fromMs - startMs} to ${toMs - startMs}`;
    t.is(found.length, 1, seen);
    if (outage === undefined) return;
    t.false(outage.open, seen);
    t.true(Math.abs(lengthMs(outage) - (toMs - fromMs)) <= toleranceMs, seen);
    t.true(Math.abs(outage.fromMs - (fromMs - startMs)) <= toleranceMs, seen);
    t.true(Math.abs(outage.toMs - (toMs - startMs)) <= toleranceMs, seen);
  }
  t.log(`${(toMs - fromMs).toFixed(1)} ms dark, measured ${outages(history).map(lengthMs).join()} ms`);
};

const quick: Measuring = { ratePerSecond: 100, limitMs: 100, timeoutMs: 200 };
for (const darkMs of matrix([150, 1000], [400])) {
  timed(`a site where nobody listens for ${darkMs} ms is measured within two probe intervals`, async (t) => {
    const found = await measureDark(t, quick, 'closed', darkMs);
    isOutage(t, found, found.dark, 20);
  });

  timed(`a site that answers nothing for ${darkMs} ms is measured within two probe intervals`, async (t) => {
    const found = await measureDark(t, quick, 'silent', darkMs);
    isOutage(t, found, found.dark, 20);
  });
}

for (const darkMs of [400, 1000]) {
  timed(`a site that stands still for ${darkMs} ms is measured within two probe intervals`, async (t) => {
    // Slower: what has piled up meanwhile must be answered within an interval.
    const slow: Measuring = { ...quick, ratePerSecond: 25 };
    const found = await measureDark(t, slow, 'frozen', darkMs);
    // Whoever asked less than the limit before it went on was answered in time.
    isOutage(t, found, { ...found.dark, toMs: found.dark.toMs - slow.limitMs }, 80);
  });
}

for (const stoppedMs of [300, 1200]) {
  timed(`a prober that is itself stopped for ${stoppedMs} ms finds doubt, not an outage`, async (t) => {
    const site = await DarkSite.open(t);
    // Slow enough that the site can answer at once what has piled up meanwhile.
    const measuring: Measuring = { ratePerSecond: 25, limitMs: 500, timeoutMs: 900 };
    const { history } = await measure(site, measuring, async (pid) => {
      await run(['kill', '-STOP', String(pid)]);
      await delay(stoppedMs);
      await run(['kill', '-CONT', String(pid)]);
    });
    t.deepEqual(outages(history, 'good'), [], 'nothing speaks for an outage of the site');
    const [doubt, ...others] = outages(history, 'bad');
    t.deepEqual(others, []);
    // What was due meanwhile is sent late, and so is what becomes due until that is done.
    const doubtMs = doubt === undefined ? 0 : lengthMs(doubt);
    t.true(doubtMs >= stoppedMs - 100 && doubtMs <= stoppedMs + stoppedMs / 4 + 100, JSON.stringify(doubt));
  });
}
