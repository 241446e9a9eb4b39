import test from 'ava';
import { judgePromotions, judgeSources } from '../../src/check/sources.js';
import type { DatabaseState, FaultEvent, History, HistoryEvent } from '../../src/model/history.js';

const is = (atMs: number, machine: string, state: DatabaseState, behindS?: number): HistoryEvent => ({
  type: 'database',
  ...{ atMs, machine, state },
  ...(behindS === undefined ? {} : { behindS }),
});
const ended: HistoryEvent = { type: 'run-ended', atMs: 10_000 };

const replaced: History = [
  is(0, 'db1', 'protected'),
  is(0, 'db2', 'in-step'),
  is(2000, 'db1', 'off'),
  is(2800, 'db2', 'unprotected'),
  is(5000, 'db1', 'read-only'),
  is(6000, 'db1', 'behind', 3),
  is(7000, 'db2', 'protected'),
  is(7000, 'db1', 'in-step'),
  ended,
];

test('a source that another replaced passes, and for how long writes were on one machine alone is told', (t) => {
  const judged = judgeSources(replaced);
  t.is(judged?.outcome, 'pass');
  const measured = Object.fromEntries((judged?.measures ?? []).map(({ name, value }) => [name, value]));
  t.deepEqual(measured, { 'writes unprotected': 4200, 'replica behind': 3000 });
  t.regex((judged?.evidence ?? []).join('\n'), /db2 took writes that it alone had/);
});

test('an old source that takes writes beside the new one fails', (t) => {
  const judged = judgeSources([...replaced.slice(0, 4), is(5000, 'db1', 'unprotected'), ended]);
  t.is(judged?.outcome, 'fail');
  t.regex(judged?.detail ?? '', /db1 and db2 both took writes for 5,000 ms/);
});

test('what lies within the precision of two observers is no overlap', (t) => {
  const both = [is(0, 'db1', 'protected'), is(2000, 'db2', 'waiting'), is(2400, 'db1', 'read-only'), ended];
  t.is(judgeSources(both)?.outcome, 'pass');
});

test('a database that nobody heard, though nothing was done to it, may have taken writes: unknown', (t) => {
  const deaf = [is(0, 'db1', 'protected'), is(0, 'db2', 'off'), ended];
  const judged = judgeSources(deaf);
  t.is(judged?.outcome, 'unknown');
  t.regex(judged?.detail ?? '', /whether db2 took writes could not be heard/);
  const cut: HistoryEvent = { type: 'fault', atMs: 0, machine: 'db2', fault: 'power-cut', tookMs: 10 };
  t.is(judgeSources([cut, ...deaf])?.outcome, 'pass');
});

test('a lab without a replica is not asked', (t) => {
  t.is(judgeSources([ended]), undefined);
  t.is(judgePromotions([ended]), undefined);
});

const promotion = (answer?: FaultEvent['answer']): History => [
  {
    ...{ type: 'fault', atMs: 100, machine: 'db2', fault: 'promote', tookMs: 10 },
    ...(answer === undefined ? {} : { answer, why: 'db2 was not promoted: it lacks some.' }),
  },
];

test('a promotion that is refused fails where it was to be made, and passes where it was to be refused', (t) => {
  t.is(judgePromotions(promotion())?.outcome, 'pass');
  t.is(judgePromotions(promotion('refused'))?.outcome, 'fail');
  t.is(judgePromotions(promotion('refused'), 'refused')?.outcome, 'pass');
  t.is(judgePromotions(promotion(), 'refused')?.outcome, 'fail');
  t.is(judgePromotions([ended], 'refused')?.outcome, 'unknown');
});
