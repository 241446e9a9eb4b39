import test from 'ava';
import { judgeCarriers } from '../../src/check/carriers.js';
import { absence, excess, lapse, mishap, silence } from '../../src/check/explanations.js';
import type { Judgement } from '../../src/check/judgement.js';
import { judgeKeptConnections } from '../../src/check/kept-connections.js';
import { judgeRecovery } from '../../src/check/recovery.js';
import { judgeSite } from '../../src/check/site-part.js';
import { lostBetween } from '../../src/check/stalls.js';
import { together } from '../../src/check/together.js';
import { judgeVip } from '../../src/check/vip.js';
import { judgeWaiting } from '../../src/check/waiting.js';
import { judgeWrites } from '../../src/check/writes.js';
import type { History, HistoryEvent } from '../../src/model/history.js';
import type { ScheduledSite, ScheduledVip } from '../../src/model/scenario.js';
import {
  between,
  busy,
  connection,
  fault,
  heal,
  history,
  holders,
  probes,
  readBack,
  refused,
  runStarted,
  site,
  stall,
  vip,
  withFaults,
  without,
  write,
} from './histories.js';

const lost = (of: History, fromMs: number, toMs: number) => Object.fromEntries(lostBetween(of, fromMs, toMs));

test('a stall counts by the part of it that lies between two moments', (t) => {
  t.deepEqual(lost([stall(1000, 100)], 0, 4000), { lb2: 100 });
  t.deepEqual(lost([stall(1000, 100)], 1050, 4000), { lb2: 75 });
  t.deepEqual(lost([stall(1000, 100)], 1050, 1100), { lb2: 25 });
  t.deepEqual(lost([stall(1000, 100)], 1200, 4000), { lb2: 0 });
});

test('of causes that tell of the same stall the greatest counts, and machines count apart', (t) => {
  const of = [stall(0, 100), stall(0, 60, { by: 'start' }), stall(200, 50), stall(0, 70, { where: 'web' })];
  t.deepEqual(lost(of, 0, 400), { lb2: 150, web: 70 });
});

for (const [kind, counts] of [
  ['cpu-pressure', false],
  ['memory-pressure', false],
  ['process-hung', false],
  ['machine-paused', false],
  ['power-cut', false],
  ['process-killed', true],
  ['cable-cut', true],
] as const) {
  test(`what a machine itself lacks while it has ${kind} ${counts ? 'counts' : 'is no excuse'}`, (t) => {
    const of = [
      fault(1000, { fault: kind }),
      heal(2000, { fault: kind }),
      ...[950, 1500, 1900].map((atMs) => stall(atMs, 100, { where: 'lb1' })),
      stall(1500, 80),
      stall(3000, 40, { where: 'lb1' }),
    ];
    t.deepEqual(lost(of, 0, 4000), { lb1: counts ? 340 : 40, lb2: 80 });
  });
}

test('what a fail needs to be explained', (t) => {
  t.deepEqual(excess(1000, 1500, 200), { fromMs: 1000, toMs: 1500, needMs: 100 });
  t.deepEqual(absence(1000, 3000), { fromMs: 1000, toMs: 3000, needMs: 1000 });
  t.deepEqual(mishap(5000, 5100), { fromMs: 2000, toMs: 5100, needMs: 250 });
  t.deepEqual(lapse(5000, 5100), { fromMs: 2000, toMs: 5100, needMs: 250 });
  t.deepEqual(lapse(5000, 6000), { fromMs: 2000, toMs: 6000, needMs: 500 });
});

const at = (history: History, ...parts: readonly (Judgement | undefined)[]) => together(parts, history);
const failing = (...explanations: NonNullable<Judgement['explanations']>): Judgement => ({
  outcome: 'fail',
  detail: 'broken',
  explanations,
});

test('every violation must be explained, but for so many as may be there', (t) => {
  const of = busy(0, 1000);
  const both = failing(mishap(500), mishap(9000));
  t.is(at(of, both).outcome, 'fail');
  t.is(at(of, { ...both, spare: 1 }).outcome, 'unknown');
  t.is(at(of, failing(mishap(500), mishap(900))).outcome, 'unknown');
  t.is(at(of, { ...failing(mishap(9000)), spare: 1 }).outcome, 'fail');
});

test('a fail that nothing explains speaks louder than one that is explained', (t) => {
  const { outcome, detail } = at(busy(0, 1000), failing(mishap(500)), { outcome: 'fail', detail: 'write lost' });
  t.is(outcome, 'fail');
  t.is(detail, 'write lost');
});

test('where nothing tells of stalls nothing is excused', (t) => {
  t.is(at([], failing({ fromMs: 0, toMs: 1000, needMs: 0 })).outcome, 'fail');
});

test('it says who could run least, and for how long it could not', (t) => {
  const of = [...busy(0, 1000), stall(0, 60, { where: 'web' })];
  t.is(
    at(of, failing(excess(0, 1000, 400))).detail,
    'this computer was busy: lb2 could not run for 750 ms of 1,000 ms; broken',
  );
});

test('what was asked at rest was asked at no time in particular', (t) => {
  t.is(at(busy(0, 1000), failing(silence)).detail, 'this computer was busy: lb2 could not run for 750 ms; broken');
});

const run = (...events: HistoryEvent[]): History => [
  runStarted,
  ...probes(12_000),
  fault(4000),
  heal(8000),
  ...events,
  { type: 'run-ended', atMs: 12_000 },
];
const judgedSite = (expected: Partial<ScheduledSite>) => (of: History) => judgeSite(of, 'site', site(expected));
const judgedVip = (expected: Partial<ScheduledVip>) => (of: History) => judgeVip(of, holders(expected));
const moved = [vip(0, 'lb1'), vip(5000, 'lb2')];
const turns = Array.from({ length: 8 }, (_, index) => ({
  type: 'arp' as const,
  atMs: 5000 + index * 50,
  machine: index % 2 ? 'lb1' : 'lb2',
}));

/** What each checker says of a fail on a quiet computer, and beside stalls. */
const cases: readonly (readonly [string, History, (of: History) => Judgement | undefined, 'fail' | 'unknown'])[] = [
  ['an outage', history(between(1000, 1900, refused)), judgedSite({ outageAtMostMs: 300 }), 'unknown'],
  ['failed requests', history(between(1000, 1050, refused)), judgedSite({ failedAtMost: 0 }), 'unknown'],
  ['an outage that did not come', history(), judgedSite({ outageExpected: true }), 'unknown'],
  [
    'errors that were not clear',
    withFaults(history(between(1000, 3000, refused)), fault(), heal(3000)),
    judgedSite({ status: 503 }),
    'unknown',
  ],
  [
    'a site that was late to be back',
    history(between(1000, 3200, refused)),
    judgedSite({ backWithinMs: 900 }),
    'unknown',
  ],
  ['a VIP that moved', run(...moved), judgedVip({ moves: 'never' }), 'unknown'],
  ['a VIP that stayed', run(vip(0, 'lb1')), judgedVip({ moves: 'away' }), 'unknown'],
  ['a VIP that was dropped', run(vip(0, 'lb1'), vip(5000), vip(5300, 'lb1')), judgedVip({ moves: 'never' }), 'unknown'],
  ['a VIP that flapped', run(...moved, vip(6000, 'lb1'), vip(7000, 'lb2')), judgedVip({}), 'unknown'],
  ['a VIP that nobody held in the end', run(vip(0, 'lb1'), vip(11_000)), judgedVip({ heldByOne: true }), 'unknown'],
  [
    'a split that only the machines tell of',
    run(vip(0, 'lb1'), vip(5000, 'lb1', 'lb2'), vip(5500, 'lb2')),
    judgedVip({ heldByOne: true }),
    'unknown',
  ],
  [
    'a split that the network saw',
    run(vip(0, 'lb1'), vip(5000, 'lb1', 'lb2'), vip(5500, 'lb2'), ...turns),
    judgedVip({ heldByOne: true }),
    'fail',
  ],
  [
    'a split whose two halves answered in turn',
    [
      ...without(run(vip(0, 'lb1'), vip(5000, 'lb1', 'lb2'), vip(5500, 'lb2')), 'probe'),
      ...probes(12_000, ({ id }) => (id % 3 ? undefined : { via: { loadBalancer: 'lb2' } })),
    ],
    judgedVip({ heldByOne: true }),
    'fail',
  ],
  ['a split that did not come', run(vip(0, 'lb1')), judgedVip({ splitExpected: true }), 'unknown'],
  [
    'holders that were not one',
    run(vip(0, 'lb1'), vip(5000), vip(5900, 'lb2')),
    judgedVip({ notOneAtMostMs: 300 }),
    'unknown',
  ],
  ['a holder that came late', run(...moved, vip(8100), vip(9300, 'lb1')), judgedVip({ oneWithinMs: 500 }), 'unknown'],
  [
    'answers of one that had let go',
    [
      ...without(run(vip(0, 'lb1'), vip(1000, 'lb2')), 'probe'),
      ...probes(12_000, ({ atMs }) => ({ via: { loadBalancer: atMs > 1000 && atMs < 5000 ? 'lb1' : 'lb2' } })),
    ],
    judgeCarriers,
    'unknown',
  ],
  [
    'answers of one that never held it',
    [...without(run(vip(0, 'lb1')), 'probe'), ...probes(12_000, between(5000, 5100, { via: { loadBalancer: 'lb2' } }))],
    judgeCarriers,
    'fail',
  ],
  ['a lab that did not get well', run(vip(0, 'lb1')), judgeRecovery, 'unknown'],
  [
    'connections that broke',
    run(connection(0, 'opened'), connection(5000, 'broke')),
    (of) => judgeKeptConnections(of, 0),
    'unknown',
  ],
  ['lost writes', run(write(5000, 'a'), readBack()), (of) => judgeWrites(of, 'kept'), 'fail'],
  [
    'writes that were refused and are there',
    run(write(5000, 'a', 'failed'), readBack('a')),
    (of) => judgeWrites(of, 'kept'),
    'fail',
  ],
  [
    'a broken configuration that was accepted',
    withFaults(history(), fault(1000, { fault: 'config-broken', service: 'haproxy', answer: 'accepted' }), heal()),
    () => ({ outcome: 'fail', detail: 'took it' }),
    'fail',
  ],
];

for (const [what, of, judge, outcome] of cases) {
  test(`${what}: a fail on a quiet computer, ${outcome} on a busy one`, (t) => {
    const judged = (history: History) => at(history, judge(history));
    t.is(judged(of).outcome, 'fail');
    t.is(judged([...of, stall(100, 20), stall(5000, 20)]).outcome, 'fail', 'a little is no excuse');
    t.is(judged([...of, ...busy(0, 12_000, 190), ...busy(0, 12_000, 190, 'web')]).outcome, outcome);
  });
}

test('a site that failed before the fault is unknown with the stall that explains it, and without one where none does', (t) => {
  const early = history(between(400, 430, refused));
  t.is(together([judgeSite(early, 'site', site({}))], early).detail, 'the site failed before the fault was made');
  const busyThen = [...early, ...busy(0, 400)];
  const { outcome, detail } = together([judgeSite(busyThen, 'site', site({}))], busyThen);
  t.is(outcome, 'unknown');
  t.regex(
    detail,
    /^this computer was busy: lb2 could not run for \d+ ms.*; the site failed before the fault was made$/,
  );
});

test('a step that waited in vain says so when the computer could not run meanwhile', (t) => {
  const waited: HistoryEvent = { type: 'waited', atMs: 1000, tookMs: 4000, for: 'x', missing: 'x' };
  t.notRegex(together([judgeWaiting([runStarted, waited])], [runStarted, waited, ...busy(1000, 3000)]).detail, /busy/);
  t.regex(
    together([judgeWaiting([runStarted, waited])], [runStarted, waited, ...busy(1000, 5000)]).detail,
    /^this computer was busy: lb2 could not run for 3,000 ms of 4,000 ms; waited 4,000 ms in vain/,
  );
});

test('on a computer that is slower than bounds can be stretched, what a stall might explain is unknown without one', (t) => {
  const slow = { ...runStarted, beyond: 7.5 } as HistoryEvent;
  const failing: Judgement = { outcome: 'fail', detail: 'it failed', explanations: [mishap(1000)] };
  t.is(together([failing], [runStarted]).outcome, 'fail');
  const { outcome, detail } = together([failing], [slow]);
  t.is(outcome, 'unknown');
  t.regex(detail, /^this computer was busy: it starts programs 7.5 times as slowly as usual now, .*; it failed$/);
  t.is(together([{ outcome: 'fail', detail: 'two writes are lost' }], [slow]).outcome, 'fail');
});
