import { judgeRecord } from '../../src/check/record.js';
import type { FaultEvent, HistoryEvent, VerificationRecord, VerificationStarted } from '../../src/model/history.js';
import type { ScheduledFault, ScheduledScenario } from '../../src/model/scenario.js';
import type { Finding, Outcome } from '../../src/model/verdict.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** Histories as a lab might have left them, made from a seed: the same every time. */

const random = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export const plan = planOf(labSchema.parse({ title: 'Scale up', name: 'scale-up' }));

const machines = { lb: { haproxy: '3.0.11', keepalived: '2.3.3' }, node: '20.19.2' };

export const started: VerificationStarted = {
  type: 'verification-started',
  version: 1,
  plan,
  wallClock: '2026-11-22T19:05:08.123Z',
  environment: {
    quintet: '0.1.0',
    node: 'v20.20.2',
    system: 'Linux 6.1.0 (Debian 12)',
    cores: 2,
    memoryMb: 24_576,
    versions: {
      lb1: machines.lb,
      lb2: machines.lb,
      web: { nginx: '1.26.3', openssl: '3.5.4' },
      app: { node: machines.node },
      db: { mysql: '9.7.4' },
    },
  },
  command: 'quintet verify --repeat 5 --random --seed 8f3a91',
  seed: '8f3a91',
};

/** A stretch in which a part of the site is away, and how it fails. */
interface Away {
  readonly fromMs: number;
  readonly toMs: number;
  readonly how: 'timeout' | 'error' | '503';
  readonly part?: 'static' | 'dynamic';
}

interface Play {
  readonly scenario: ScheduledScenario;
  readonly seed: number;
  readonly away: readonly Away[];
  readonly others: readonly HistoryEvent[];
  /** Who carries requests at a moment. */
  readonly carrier: (atMs: number) => string;
  readonly machine: string;
  readonly repetition?: number;
  readonly attempt?: number;
  readonly lastsMs?: number;
  /** Packets are lost: some answers take their time. */
  readonly slow?: boolean;
  /** Why the entries could not be read back. */
  readonly unread?: string;
  /** Of the prober, now and then. */
  readonly lateBy?: number;
}

const ratePerSecond = 150;
export const limitMs = 500;

const probe = (play: Play, id: number, chance: () => number): HistoryEvent => {
  const atMs = (id * 1000) / ratePerSecond;
  const dynamic = id % 2 === 1;
  const part = dynamic ? 'dynamic' : 'static';
  const away = play.away.find((each) => atMs >= each.fromMs && atMs < each.toMs && (each.part ?? part) === part);
  const latenessMs = chance() > 0.997 && play.lateBy ? play.lateBy : chance() * 0.8;
  const usual = (dynamic ? 7 : 3) * Math.exp((chance() + chance() + chance() - 1.5) * 0.7) + latenessMs;
  const base = { type: 'probe', atMs, id, part, path: dynamic ? '/api/health' : '/', latenessMs } as const;
  if (away?.how === 'timeout')
    return { ...base, latencyMs: 900 + chance() * 4, result: 'timeout', detail: 'no answer' };
  if (away?.how === 'error') return { ...base, latencyMs: 1 + chance(), result: 'error', detail: 'ECONNREFUSED' };
  if (away)
    return {
      ...base,
      latencyMs: usual,
      result: 'wrong',
      status: 503,
      detail: '503',
      via: { loadBalancer: play.carrier(atMs) },
    };
  const slow = play.slow && atMs > 1500 && atMs < 4500 && chance() > 0.985 ? 200 + 420 * chance() : 0;
  return { ...base, latencyMs: usual + slow, result: 'ok', status: 200, via: { loadBalancer: play.carrier(atMs) } };
};

const write = (play: Play, index: number): HistoryEvent & { readonly type: 'write' } => {
  const atMs = index * 100 + 7;
  const away = play.away.find((each) => atMs >= each.fromMs && atMs < each.toMs && each.part !== 'static');
  const id = `${play.scenario.id}-${play.repetition ?? 1}-${index}`;
  const base = { type: 'write', atMs, id, latenessMs: 0.4, latencyMs: 9 } as const;
  if (!away) return { ...base, result: 'acknowledged', status: 201 };
  return away.how === 'timeout' ? { ...base, latencyMs: 900, result: 'unknown' } : { ...base, result: 'failed' };
};

const times = (count: number): number[] => Array.from({ length: Math.max(0, Math.floor(count)) }, (_, index) => index);

export const historyOf = (play: Play): HistoryEvent[] => {
  const { scenario, machine } = play;
  const chance = random(play.seed);
  const made = scenario.faults.flatMap((fault): HistoryEvent[] => {
    const { atMs: afterMs, forMs, target: _, ...settings } = fault;
    const atMs = scenario.beforeMs + afterMs;
    const event: FaultEvent = { type: 'fault', atMs, machine, tookMs: 12, ...settings };
    return [event, { ...event, type: 'heal', atMs: atMs + Math.max(forMs, 30) }];
  });
  const healedMs = Math.max(0, ...made.map((event) => event.atMs));
  const endMs = play.lastsMs ?? healedMs + scenario.afterMs + 260;
  const writes = times(endMs / 100 - 1).map((index) => write(play, index));
  const events: HistoryEvent[] = [
    ...made,
    { type: 'well', atMs: healedMs + 240 },
    ...play.others,
    ...times((endMs * ratePerSecond) / 1000).map((id) => probe(play, id, chance)),
    ...writes,
  ];
  return [
    {
      type: 'run-started',
      atMs: 0,
      scenario,
      repetition: play.repetition ?? 1,
      attempt: play.attempt ?? 1,
      wallClock: started.wallClock,
      ratePerSecond,
      limitMs,
    },
    ...events.sort((one, other) => one.atMs - other.atMs),
    readBack(writes, endMs, play.unread),
    { type: 'run-ended', atMs: endMs },
  ];
};

/** Everything that may be there is there; or nobody knows. */
const readBack = (writes: readonly HistoryEvent[], atMs: number, problem?: string): HistoryEvent => {
  if (problem !== undefined) return { type: 'read-back', atMs, ids: [], problem };
  const ids = writes.flatMap((each) => (each.type === 'write' && each.result !== 'failed' ? [each.id] : []));
  return { type: 'read-back', atMs, ids };
};

const scenarioOf = (
  id: string,
  title: string,
  why: string,
  faults: readonly ScheduledFault[],
  expect: Partial<ScheduledScenario['expect']>,
  repeat = 1,
): ScheduledScenario => ({
  id,
  title,
  why,
  beforeMs: 1500,
  afterMs: 1500,
  faults,
  repeat,
  expect: { writes: 'kept', ...expect },
});

const boundMs = Math.round(plan.vrrp.masterDownMs + 150);
const within = { outageAtMostMs: boundMs, outageExpected: false } as const;
const oneHolder = { heldByOne: true, splitExpected: false } as const;

/** The VIP, keepalived and ARP while lb1 falls away at one moment and lb2 takes over at another. */
const takeover = (goneMs: number, heldMs: number, comesBackMs: number, left: 'stopped' | 'fault'): HistoryEvent[] => [
  { type: 'vip', atMs: 0, holders: ['lb1'] },
  { type: 'vrrp', atMs: 0, machine: 'lb1', state: 'master' },
  { type: 'vrrp', atMs: 0, machine: 'lb2', state: 'backup' },
  { type: 'arp', atMs: 2, machine: 'lb1' },
  { type: 'vrrp', atMs: goneMs, machine: 'lb1', state: left },
  { type: 'vip', atMs: goneMs + 4, holders: [] },
  { type: 'vrrp', atMs: heldMs - 6, machine: 'lb2', state: 'master' },
  { type: 'vip', atMs: heldMs, holders: ['lb2'] },
  { type: 'arp', atMs: heldMs + 5, machine: 'lb2' },
  { type: 'backend', atMs: 4, machine: 'lb1', server: 'web', up: true },
  { type: 'backend', atMs: 4, machine: 'lb2', server: 'web', up: true },
  { type: 'backend', atMs: heldMs + 60, machine: 'lb2', server: 'web', up: false },
  { type: 'backend', atMs: heldMs + 1260, machine: 'lb2', server: 'web', up: true },
  { type: 'connection', atMs: goneMs + 40, id: 1, what: 'broke', ageMs: goneMs, answers: 120 },
  { type: 'vrrp', atMs: comesBackMs, machine: 'lb1', state: 'backup' },
];

const steady: HistoryEvent[] = [
  { type: 'vip', atMs: 0, holders: ['lb1'] },
  { type: 'vrrp', atMs: 0, machine: 'lb1', state: 'master' },
  { type: 'vrrp', atMs: 0, machine: 'lb2', state: 'backup' },
];

const powerCut = scenarioOf(
  'power-cut',
  'The power of the load balancer that holds the VIP is cut',
  'Nobody says goodbye: the other load balancer has only the silence to go by, so this is the slowest way to lose one. Master_Down_Interval bounds it.',
  [{ fault: 'power-cut', target: 'vip-holder', atMs: 0, forMs: 2400 }],
  { site: within, vip: oneHolder },
  5,
);
const haproxyKilled = scenarioOf(
  'haproxy-killed',
  'HAProxy is killed on the load balancer that holds the VIP',
  'The machine is well and keepalived lives: only what it balances with is gone. It is noticed by its exit, not by a poll.',
  [{ fault: 'process-killed', service: 'haproxy', target: 'vip-holder', atMs: 0, forMs: 900 }],
  { site: { outageAtMostMs: 250, outageExpected: false }, vip: oneHolder },
);
const cableCut = scenarioOf(
  'cable-cut',
  'The cable of the load balancer that holds the VIP is pulled',
  'The machine lives on and may still believe that it holds the VIP. The other one must take over all the same.',
  [{ fault: 'cable-cut', direction: 'both', target: 'vip-holder', atMs: 0, forMs: 2600 }],
  { site: within, vip: oneHolder },
);
const partition = scenarioOf(
  'vrrp-partition',
  'The load balancers no longer hear one another',
  'Both must believe that the other one is dead, so both hold the VIP: this design cannot tell the two apart. After the healing one of them must let go.',
  [{ fault: 'vrrp-partition', target: 'vip-standby', atMs: 0, forMs: 3000 }],
  { vip: { heldByOne: false, splitExpected: true, oneWithinMs: 1000 } },
);
const reload = scenarioOf(
  'haproxy-reloaded',
  'HAProxy is reloaded under load, three times',
  'A new configuration every few minutes is everyday life: not one request may notice.',
  [0, 600, 1200].map((atMs) => ({
    fault: 'service-reloaded',
    service: 'haproxy',
    target: 'vip-holder',
    atMs,
    forMs: 0,
  })),
  { site: { failedAtMost: 0, outageExpected: false } },
);
const appKilled = scenarioOf(
  'app-killed',
  'The application is killed',
  'There is one application server: while it is away there is no dynamic page. Static pages and a clear 503 must still come.',
  [{ fault: 'service-stopped', service: 'app', target: 'app', atMs: 0, forMs: 2000 }],
  {
    static: { failedAtMost: 0, outageExpected: false },
    dynamic: { outageExpected: true, status: 503, backWithinMs: 2000 },
  },
);
const databaseCut = scenarioOf(
  'database-power-cut',
  'The power of the database is cut while it is written to',
  'What it has acknowledged must be there afterwards, whatever else is lost.',
  [{ fault: 'power-cut', target: 'db', atMs: 0, forMs: 1800 }],
  { dynamic: { outageExpected: true, backWithinMs: 4000 }, writes: 'kept' },
);
const keepalivedKilled = scenarioOf(
  'keepalived-killed',
  'keepalived is killed (-9) on the load balancer that holds the VIP',
  'It takes the address to its grave: unless somebody takes it off the interface, two load balancers hold the VIP for good.',
  [{ fault: 'process-killed', service: 'keepalived', target: 'vip-holder', atMs: 0, forMs: 2500 }],
  { site: { failedAtMost: 0, outageExpected: false }, vip: { ...oneHolder, notOneAtMostMs: 1000 } },
);
const lossy = scenarioOf(
  'packet-loss',
  'The holder of the VIP loses a tenth of its packets',
  'Flapping is worse than either answer: the VIP should stay where it is.',
  [{ fault: 'packet-loss', percent: 10, target: 'vip-holder', atMs: 0, forMs: 3000 }],
  { vip: { ...oneHolder, moves: 'never' } },
);

/** When each of the power cuts was over, counted from the fault. */
export const powerCutOutagesMs = [842, 921, 873, 986, 907];

const faultMs = 1500;
const lb1Until = (ms: number) => (atMs: number) => (atMs < ms ? 'lb1' : 'lb2');

const powerCutRun = (outageMs: number, index: number): HistoryEvent[] =>
  historyOf({
    scenario: powerCut,
    seed: 100 + index,
    repetition: index + 1,
    machine: 'lb1',
    away: [{ fromMs: faultMs + 3, toMs: faultMs + outageMs, how: 'timeout' }],
    others: takeover(faultMs + 12, faultMs + outageMs - 18, faultMs + 3100, 'stopped'),
    carrier: lb1Until(faultMs + 3),
    lateBy: 12,
  });

const runs: HistoryEvent[][] = [
  ...powerCutOutagesMs.map(powerCutRun),
  historyOf({
    scenario: haproxyKilled,
    seed: 2,
    machine: 'lb1',
    away: [{ fromMs: faultMs + 2, toMs: faultMs + 42, how: 'error' }],
    others: takeover(faultMs + 9, faultMs + 30, faultMs + 950, 'fault'),
    carrier: lb1Until(faultMs + 30),
  }),
  historyOf({
    scenario: cableCut,
    seed: 3,
    machine: 'lb1',
    away: [{ fromMs: faultMs + 2, toMs: faultMs + 1840, how: 'timeout' }],
    others: takeover(faultMs + 6, faultMs + 1815, faultMs + 2660, 'fault'),
    carrier: lb1Until(faultMs + 2),
  }),
  historyOf({
    scenario: partition,
    seed: 4,
    machine: 'lb2',
    away: [],
    others: [
      ...steady,
      { type: 'vrrp', atMs: faultMs + 880, machine: 'lb2', state: 'master' },
      { type: 'vip', atMs: faultMs + 885, holders: ['lb1', 'lb2'] },
      { type: 'arp', atMs: faultMs + 890, machine: 'lb2' },
      { type: 'vrrp', atMs: faultMs + 3060, machine: 'lb2', state: 'backup' },
      { type: 'vip', atMs: faultMs + 3066, holders: ['lb1'] },
      { type: 'arp', atMs: faultMs + 3090, machine: 'lb1' },
    ],
    carrier: (atMs) => (atMs > faultMs + 890 && atMs < faultMs + 3090 ? 'lb2' : 'lb1'),
  }),
  historyOf({ scenario: reload, seed: 5, machine: 'lb1', away: [], others: steady, carrier: () => 'lb1' }),
  historyOf({
    scenario: appKilled,
    seed: 6,
    machine: 'app',
    away: [{ fromMs: faultMs + 4, toMs: faultMs + 2410, how: '503', part: 'dynamic' }],
    others: [
      ...steady,
      { type: 'backend', atMs: faultMs + 240, machine: 'lb1', server: 'web', up: false },
      { type: 'backend', atMs: faultMs + 2460, machine: 'lb1', server: 'web', up: true },
    ],
    carrier: () => 'lb1',
  }),
  historyOf({
    scenario: databaseCut,
    seed: 7,
    machine: 'db',
    away: [
      { fromMs: faultMs + 4, toMs: faultMs + 1900, how: 'timeout', part: 'dynamic' },
      { fromMs: faultMs + 1900, toMs: faultMs + 2900, how: '503', part: 'dynamic' },
    ],
    others: steady,
    carrier: () => 'lb1',
    lastsMs: 6400,
  }),
  historyOf({
    scenario: keepalivedKilled,
    seed: 8,
    machine: 'lb1',
    away: [],
    others: [
      ...steady,
      { type: 'vrrp', atMs: faultMs + 4, machine: 'lb1', state: 'stopped' },
      { type: 'vrrp', atMs: faultMs + 905, machine: 'lb2', state: 'master' },
      { type: 'vip', atMs: faultMs + 910, holders: ['lb1', 'lb2'] },
      { type: 'arp', atMs: faultMs + 912, machine: 'lb2' },
      { type: 'note', atMs: faultMs + 2900, text: 'two load balancers hold the VIP' },
    ],
    carrier: lb1Until(faultMs + 912),
  }),
  historyOf({
    scenario: lossy,
    seed: 9,
    machine: 'lb1',
    away: [],
    others: steady,
    carrier: () => 'lb1',
    attempt: 3,
    slow: true,
    unread: 'the site did not answer',
    lateBy: 140,
  }),
];

const check = (id: string, title: string, detail: string, outcome: Outcome = 'pass', evidence?: string[]): Finding => ({
  kind: 'check',
  id,
  title,
  outcome,
  detail,
  durationMs: 180,
  ...(evidence ? { evidence } : {}),
});

const checks: Finding[] = [
  check('vip-holder', 'Exactly one load balancer holds the VIP', 'lb1 holds the VIP'),
  check('connections', 'Only the connections of the plan can be opened', '31 pairs tried, 11 open as planned'),
  check('tls-versions', 'TLS 1.2 and 1.3 only', 'TLS 1.0 was accepted', 'fail', [
    'TLSv1: handshake done',
    'TLSv1.1: refused',
  ]),
  check(
    'tls-certificate',
    'The certificate is for the site and signed by the lab’s authority',
    'www.scale-up.test, 89 days left',
  ),
  check('static', 'Static pages come from nginx', '/ answered 200'),
  check('dynamic', 'Dynamic requests reach the application', '/api/health answered 200'),
  check('database-rights', 'The application has no more rights than it needs', 'SELECT, INSERT on one schema'),
  check('database-durability', 'What is acknowledged is on disk', 'could not be asked: access denied', 'unknown'),
];

const skipped: Finding = {
  kind: 'scenario',
  id: 'clock-jump',
  title: 'The clock of the database jumps an hour ahead',
  outcome: 'skipped',
  detail: "the container provider can't set the clock",
};

const found = (finding: Finding) => ({ type: 'found', finding }) as const;

/** A whole verification: passes, failures, doubts, something skipped, an expected outage and repetitions. */
export const record: VerificationRecord = [
  started,
  ...checks.map(found),
  ...runs.flat(),
  found(skipped),
  { type: 'verification-ended', durationMs: 96_400 },
];

export const verdict = judgeRecord(record);
