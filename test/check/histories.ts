import type {
  ConnectionEvent,
  FaultEvent,
  HealEvent,
  History,
  HistoryEvent,
  ProbeEvent,
  ReadEvent,
  RunStarted,
  StallEvent,
  WriteEvent,
} from '../../src/model/history.js';
import type { ScheduledScenario, ScheduledSite, ScheduledVip } from '../../src/model/scenario.js';

type Expect = ScheduledScenario['expect'];

export const site = (of: Partial<ScheduledSite> = {}): ScheduledSite => ({ outageExpected: false, ...of });
export const holders = (of: Partial<ScheduledVip> = {}): ScheduledVip => ({
  heldByOne: false,
  splitExpected: false,
  ...of,
});

/** What the cable cut of the default lab is expected to do, but for what `expect` says. */
export const scenario = (expect: Partial<Expect> = {}): ScheduledScenario => ({
  id: 'cable-cut',
  title: 'The cable is pulled',
  why: 'to see the other one take over',
  beforeMs: 1000,
  faults: [{ fault: 'cable-cut', target: 'vip-holder', atMs: 0, forMs: 1000 }],
  afterMs: 2000,
  repeat: 1,
  expect: { site: site({ outageAtMostMs: 400 }), vip: holders({ heldByOne: true }), writes: 'kept', ...expect },
});

export const runStarted: RunStarted = {
  type: 'run-started',
  atMs: 0,
  scenario: scenario(),
  repetition: 1,
  attempt: 1,
  wallClock: '2026-11-22T19:05:08.123Z',
  ratePerSecond: 100,
  limitMs: 500,
};

/** The same history under another scenario, or as another run of it. */
export const as = (of: History, change: Partial<RunStarted>): History =>
  of.map((event) => (event.type === 'run-started' ? { ...event, ...change } : event));

export const expecting = (of: History, expect: Partial<Expect>): History => as(of, { scenario: scenario(expect) });

export const fault = (atMs = 1000, change: Partial<FaultEvent> = {}): FaultEvent => ({
  type: 'fault',
  atMs,
  machine: 'lb1',
  fault: 'cable-cut',
  tookMs: 5,
  ...change,
});
export const heal = (atMs = 2000, change: Partial<HealEvent> = {}): HealEvent => ({
  ...fault(atMs),
  type: 'heal',
  ...change,
});
export const vip = (atMs: number, ...holders: string[]): HistoryEvent => ({ type: 'vip', atMs, holders });
export const well = (atMs: number): HistoryEvent => ({ type: 'well', atMs });
export const write = (atMs: number, id: string, result: WriteEvent['result'] = 'acknowledged'): WriteEvent => ({
  type: 'write',
  atMs,
  id,
  latenessMs: 0.5,
  latencyMs: 4,
  result,
});
/** A read of an entry that was acknowledged 10 ms before, or when `ackedAtMs` says. */
export const read = (
  atMs: number,
  id: string,
  result: ReadEvent['result'] = 'seen',
  ackedAtMs = atMs - 10,
): ReadEvent => ({ type: 'read', atMs, id, ackedAtMs, latencyMs: 4, result });
export const readBack = (...ids: string[]): HistoryEvent => ({ type: 'read-back', atMs: 4000, ids });
/** A sample of 200 ms in which a machine could not run for so long. */
export const stall = (atMs: number, lostMs: number, change: Partial<StallEvent> = {}): StallEvent => ({
  type: 'stall',
  atMs,
  forMs: 200,
  where: 'lb2',
  by: 'cpu',
  lostMs,
  ...change,
});
/** Stalls without a break between two moments. */
export const busy = (fromMs: number, toMs: number, lostMs = 150, where = 'lb2'): StallEvent[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 200) }, (_, index) =>
    stall(fromMs + index * 200, lostMs, { where }),
  );
export const connection = (atMs: number, what: ConnectionEvent['what'], id = 1): ConnectionEvent => ({
  type: 'connection',
  atMs,
  id,
  what,
});

type Change = (probe: ProbeEvent) => Partial<ProbeEvent> | undefined;

/** A probe every 10 ms from 0 to `endMs`, paths in turn, all answered in 3 ms but for what `change` says. */
export const probes = (endMs: number, change: Change = () => undefined): ProbeEvent[] =>
  Array.from({ length: Math.floor(endMs / 10) }, (_, id): ProbeEvent => {
    const probe: ProbeEvent = {
      type: 'probe',
      atMs: id * 10,
      id,
      part: id % 2 === 0 ? 'static' : 'dynamic',
      path: id % 2 === 0 ? '/' : '/api/health',
      latenessMs: 0.5,
      latencyMs: 3,
      result: 'ok',
      status: 200,
      via: { loadBalancer: 'lb1' },
    };
    return { ...probe, ...change(probe) };
  });

export const between =
  (fromMs: number, toMs: number, change: Partial<ProbeEvent>): Change =>
  ({ atMs }) =>
    atMs >= fromMs && atMs < toMs ? change : undefined;

/** The change for the dynamic requests alone. */
export const dynamic =
  (change: Change): Change =>
  (probe) =>
    probe.part === 'dynamic' ? change(probe) : undefined;

export const refused = { result: 'error', detail: 'ECONNREFUSED' } as const;
export const unavailable = { result: 'wrong', status: 503 } as const;

/** A whole run of 4 s: fault at 1000, healed at 2000, well at 2500. */
export const history = (change?: Change, ...others: HistoryEvent[]): History => [
  runStarted,
  vip(0, 'lb1'),
  ...probes(4000, change),
  fault(),
  heal(),
  well(2500),
  ...others,
  { type: 'run-ended', atMs: 4000 },
];

export const without = (of: History, type: HistoryEvent['type']): History => of.filter((event) => event.type !== type);

/** The run with its faults and their undoing replaced by these. */
export const withFaults = (of: History, ...faults: (FaultEvent | HealEvent)[]): History => [
  ...without(without(of, 'fault'), 'heal'),
  ...faults,
];
