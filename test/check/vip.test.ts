import test from 'ava';
import { judgeVip } from '../../src/check/vip.js';
import type { History, HistoryEvent } from '../../src/model/history.js';
import type { ScheduledVip } from '../../src/model/scenario.js';
import { fault, heal, holders, runStarted, vip } from './histories.js';

/** Fault at 1000, undone at 2005, end at 4000. */
const run = (...events: HistoryEvent[]): History => [
  runStarted,
  fault(),
  heal(),
  ...events,
  { type: 'run-ended', atMs: 4000 },
];
const judge = (of: History, expected: Partial<ScheduledVip>) => judgeVip(of, holders(expected));
const one = { heldByOne: true };

test('one holder handing over to another passes, and the gap is measured', (t) => {
  const judgement = judge(run(vip(0, 'lb1'), vip(1000), vip(1300, 'lb2')), one);
  t.is(judgement?.outcome, 'pass');
  t.is(judgement?.detail, 'lb2 holds the VIP');
  t.is(judgement?.measures?.find((each) => each.name === 'VIP held by none')?.value, 300);
});

test('two holders for longer than the tolerance are a split brain', (t) => {
  const judgement = judge(run(vip(0, 'lb1'), vip(1000, 'lb1', 'lb2'), vip(1101, 'lb2')), one);
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, 'split brain: lb1 and lb2 held the VIP together for 101 ms');
});

test('two holders for a moment, as two pipes may tell it, are no split brain', (t) => {
  t.is(judge(run(vip(0, 'lb1'), vip(1000, 'lb1', 'lb2'), vip(1100, 'lb2')), one)?.outcome, 'pass');
});

test('two holders or none at the end fail, however short it is', (t) => {
  t.is(judge(run(vip(0, 'lb1'), vip(3999, 'lb1', 'lb2')), one)?.outcome, 'fail');
  t.is(judge(run(vip(0, 'lb1'), vip(3999)), one)?.outcome, 'fail');
});

test('where nobody said who holds the VIP it is unknown', (t) => {
  t.is(judge(run(), one)?.outcome, 'unknown');
});

test('where nothing is expected of the VIP, who held it is only told', (t) => {
  const split = run(vip(0, 'lb1'), vip(1000, 'lb1', 'lb2'));
  const judgement = judgeVip(split, undefined);
  t.is(judgement?.outcome, 'skipped');
  t.deepEqual(judgement?.evidence, ['VIP from 0 ms: lb1', 'VIP from 1,000 ms: lb1 and lb2']);
  t.is(judgeVip(run(), undefined), undefined);
});

const stayed = run(vip(0, 'lb1'));
const moved = run(vip(0, 'lb1'), vip(1000), vip(1300, 'lb2'));
const returned = run(vip(0, 'lb1'), vip(1300, 'lb2'), vip(2000), vip(2010, 'lb1'));
const dropped = run(vip(0, 'lb1'), vip(1300), vip(1310, 'lb1'));
const lost = run(vip(0, 'lb1'), vip(1300), vip(2000, 'lb1'));
const nobody = run(vip(0));

const moves = [
  ['never', stayed, 'pass'],
  ['never', dropped, 'pass'],
  ['never', lost, 'fail'],
  ['never', moved, 'fail'],
  ['never', returned, 'fail'],
  ['never', nobody, 'unknown'],
  ['away', moved, 'pass'],
  ['away', stayed, 'fail'],
  ['away', returned, 'fail'],
  ['back', returned, 'pass'],
  ['back', moved, 'fail'],
  ['back', dropped, 'fail'],
  ['either', moved, 'pass'],
  ['either', returned, 'pass'],
  ['either', stayed, 'fail'],
] as const;

const pathOf = (of: History): string =>
  of.flatMap((event) => (event.type === 'vip' ? [event.holders.join('+') || 'nobody'] : [])).join(', ');

for (const [expected, of, outcome] of moves) {
  test(`moves ${expected}: ${pathOf(of)} is ${outcome}`, (t) => {
    t.is(judge(of, { moves: expected })?.outcome, outcome);
  });
}

test('a move that was not wanted is told with its path', (t) => {
  t.is(judge(moved, { moves: 'never' })?.detail, 'the VIP had to stay on lb1, but was held by lb1, then lb2');
});

test('an expected split must be seen while the load balancers are parted', (t) => {
  const split = { splitExpected: true };
  t.is(judge(run(vip(0, 'lb1'), vip(1300, 'lb1', 'lb2'), vip(2050, 'lb1')), split)?.outcome, 'pass');
  t.is(judge(stayed, split)?.outcome, 'fail');
  t.is(judge(run(vip(0, 'lb1'), vip(1300, 'lb1', 'lb2'), vip(1350, 'lb1')), split)?.outcome, 'fail');
  t.is(judge(run(vip(0, 'lb1'), vip(3000, 'lb1', 'lb2'), vip(3500, 'lb1')), split)?.outcome, 'fail');
});

test('the time in which not exactly one held it has a bound', (t) => {
  const both = run(vip(0, 'lb1'), vip(1000), vip(1200, 'lb2'), vip(2000, 'lb1', 'lb2'), vip(2100, 'lb1'));
  t.is(judge(both, { notOneAtMostMs: 300 })?.outcome, 'pass');
  const judgement = judge(both, { notOneAtMostMs: 299 });
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, 'for 300 ms of at most 299 ms not exactly one load balancer held the VIP');
});

const healed = (...events: HistoryEvent[]) =>
  judge(run(vip(0, 'lb1'), vip(1300, 'lb1', 'lb2'), ...events), { oneWithinMs: 500 });

test('after the undoing exactly one must hold it in time', (t) => {
  t.is(healed(vip(2305, 'lb1'))?.outcome, 'pass');
  t.is(healed(vip(2305, 'lb1'))?.measures?.at(-1)?.value, 300);
  const late = healed(vip(2600, 'lb1'));
  t.is(late?.outcome, 'fail');
  t.regex(late?.detail ?? '', /exactly one held the VIP only 595 ms after the last fault was undone, at most 500 ms/);
  t.is(judge(stayed, { oneWithinMs: 0 })?.outcome, 'pass');
});

test('who holds it must remain the only one, but for a moment as two pipes may tell it', (t) => {
  t.is(healed(vip(2100, 'lb1'), vip(3000, 'lb1', 'lb2'), vip(3090, 'lb1'))?.outcome, 'pass');
  t.is(healed(vip(2100, 'lb1'), vip(3000, 'lb1', 'lb2'), vip(3200, 'lb1'))?.outcome, 'fail');
});

test('where several hold it at the end it fails when the time is over, and is unknown before', (t) => {
  t.is(healed()?.outcome, 'fail');
  const split = run(vip(0, 'lb1'), vip(1300, 'lb1', 'lb2'));
  t.is(judge(split, { oneWithinMs: 3000 })?.outcome, 'unknown');
});

test('a fault that was never undone leaves unknown when one held it', (t) => {
  const open = run(vip(0, 'lb1')).filter((event) => event.type !== 'heal');
  t.is(judge(open, { oneWithinMs: 500 })?.outcome, 'unknown');
});

test('a VIP that moves more often than its faults explain flaps', (t) => {
  const twice = [vip(0, 'lb1'), vip(1100, 'lb2'), vip(2100, 'lb1')];
  t.is(judge(run(...twice), one)?.outcome, 'pass');
  const judgement = judge(run(...twice, vip(2500, 'lb2')), one);
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, 'the VIP flapped: it moved 3 times, of which 1 fault can explain 2');
  t.is(judgement?.measures?.find((each) => each.name === 'VIP moves')?.value, 3);
});
