import type { History, HistoryEvent } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import type { LabSite } from '../providers/provider.js';
import type { OpenFault } from './faults.js';
import { type Ground, siteDoor } from './ground.js';
import { makeFault, undoFault } from './open-faults.js';
import type { ProberConfig } from './prober.js';
import { type ProberProcess, startProber } from './prober-process.js';
import { targetOf } from './targets.js';
import { type VipWatch, watchVip } from './vip-watch.js';
import { waitUntilWell } from './well.js';

/** What a scenario is run with. */
export interface Stage extends Ground {
  readonly site: LabSite;
  /** Hears every event as it happens. */
  readonly record: (event: HistoryEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Between saying so and the first probe being due. */
const leadMs = 20;
/** How long a lab may take to get well after the healing. */
const recoverMs = 60_000;
const undoAttempts = 3;
const undoAgainMs = 1000;

/**
 * Runs one scenario once: probes, makes the fault, undoes it, waits until the lab is well, and returns everything that
 * happened in order. Whatever goes wrong, the fault is undone and no process is left.
 */
export const runScenario = async (stage: Stage, scheduled: ScheduledScenario): Promise<History> => {
  const run = new Run(stage);
  const prober = await startProber(stage.provider, proberConfig(stage, scheduled), run.add);
  let watch: VipWatch | undefined;
  try {
    watch = await watchVip(stage, (holders) => run.addNow({ type: 'vip', holders }));
    run.begin(scheduled.scenario.id);
    prober.begin(run.originMs);
    await play(run, scheduled, watch);
    await finish(run, prober);
    return run.history();
  } finally {
    await Promise.all([watch?.close(), prober.kill()]);
  }
};

/** The schedule itself. */
const play = async (run: Run, { scenario, beforeMs, faultMs, afterMs }: ScheduledScenario, watch: VipWatch) => {
  const { stage } = run;
  await stage.clock.sleep(leadMs + beforeMs, stage.signal);
  const machine = targetOf(scenario.target, stage.plan, watch.holders());
  const { fault, process } = scenario;
  const open: OpenFault = { machine, fault, ...(process === undefined ? {} : { process }) };
  try {
    await run.timed({ type: 'fault', machine, fault }, () => makeFault(stage.site, stage.provider, open));
    await stage.clock.sleep(faultMs, stage.signal);
  } finally {
    await run.timed({ type: 'heal', machine, fault }, () => undo(stage, open));
  }
  await Promise.all([stage.clock.sleep(afterMs, stage.signal), recover(run)]);
};

/** A machine may need a second push; what can't be undone even so stays on the list for `heal`. */
const undo = async (stage: Stage, open: OpenFault): Promise<void> => {
  for (let left = undoAttempts - 1; ; left -= 1) {
    try {
      return await undoFault(stage.site, stage.provider, open);
    } catch (error) {
      if (left === 0) throw error;
      await stage.clock.sleep(undoAgainMs);
    }
  }
};

const recover = async (run: Run): Promise<void> => {
  const wrong = await waitUntilWell(run.stage, recoverMs, run.stage.signal);
  if (wrong.length === 0) run.addNow({ type: 'well' });
  else run.addNow({ type: 'note', text: wrong.join('; ') });
};

/** The run ends when no more probes are due; their last answers still belong to it. */
const finish = async (run: Run, prober: ProberProcess): Promise<void> => {
  const endedMs = run.nowMs();
  await prober.finish();
  run.add({ type: 'run-ended', atMs: endedMs });
};

/** A run's own time and what happened in it. */
class Run {
  originMs = Number.POSITIVE_INFINITY;
  readonly #events: HistoryEvent[] = [];
  #holders: readonly string[] | undefined;

  constructor(readonly stage: Stage) {}

  readonly add = (event: HistoryEvent): void => {
    this.#events.push(event);
    this.stage.record(event);
  };

  /** Adds an event that happens now; who holds the VIP before the run is told at its beginning. */
  addNow(event: DistributiveOmit<HistoryEvent, 'atMs'>): void {
    if (event.type === 'vip') this.#holders = event.holders;
    if (this.originMs !== Number.POSITIVE_INFINITY)
      this.add({ ...event, atMs: Math.max(0, this.nowMs()) } as HistoryEvent);
  }

  begin(scenario: string): void {
    const { clock, plan } = this.stage;
    const { ratePerSecond, limitMs } = plan.verify;
    this.originMs = clock.nowMs() + leadMs;
    this.add({ type: 'run-started', atMs: 0, scenario, wallClock: clock.wallClock(), ratePerSecond, limitMs });
    this.add({ type: 'vip', atMs: 0, holders: this.#holders ?? [] });
  }

  nowMs(): number {
    return Math.round((this.stage.clock.nowMs() - this.originMs) * 100) / 100;
  }

  /** Does something, then adds an event that says when it began and how long it took; also when it failed half-way. */
  async timed(
    what: { type: 'fault' | 'heal'; machine: string; fault: string },
    action: () => Promise<void>,
  ): Promise<void> {
    const atMs = this.nowMs();
    try {
      await action();
    } finally {
      this.add({ ...what, atMs, tookMs: Math.round((this.nowMs() - atMs) * 100) / 100 });
    }
  }

  history(): History {
    return [...this.#events].sort((one, other) => one.atMs - other.atMs);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const proberConfig = (stage: Stage, { beforeMs, faultMs, afterMs }: ScheduledScenario): ProberConfig => {
  const { ratePerSecond, timeoutMs } = stage.plan.verify;
  const { address, port, serverName, ca } = siteDoor(stage);
  // Making and healing a fault may take a machine's whole start on a slow computer.
  const longestS = (beforeMs + faultMs + afterMs + 2 * recoverMs) / 1000 + 120;
  return {
    address,
    port,
    serverName,
    ca,
    ratePerSecond,
    timeoutMs,
    paths: [
      { path: '/', contains: 'Quintet' },
      { path: '/api/health', contains: '"database":"ok"' },
    ],
    mostProbes: Math.ceil(longestS * ratePerSecond),
    mostInFlight: Math.ceil((ratePerSecond * timeoutMs) / 1000) + 100,
  };
};
