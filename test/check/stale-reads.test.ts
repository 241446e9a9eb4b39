import test from 'ava';
import { judgeScenario } from '../../src/check/scenario.js';
import { judgeReads } from '../../src/check/stale-reads.js';
import type { HistoryEvent } from '../../src/model/history.js';
import { busy, history, read, readBack, write } from './histories.js';

const judge = (...events: HistoryEvent[]) => judgeReads(history(undefined, ...events), 'kept');
const measured = (of: ReturnType<typeof judge>, name: string) =>
  of?.measures?.find((each) => each.name === name)?.value;

test('reads of fresh writes that see them pass, and are counted', (t) => {
  const judgement = judge(read(110, 'a'), read(310, 'b'));
  t.is(judgement?.outcome, 'pass');
  t.is(judgement?.detail, '2 reads of fresh writes, all saw them');
  t.is(measured(judgement, 'reads of fresh writes'), 2);
  t.is(measured(judgement, 'stale reads'), 0);
});

test('a read that began after the acknowledgement and did not see the entry fails, and says how long after', (t) => {
  const judgement = judge(read(110, 'a'), read(310, 'b', 'missing'), read(510, 'c', 'missing', 480));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '2 reads began after the write was acknowledged and did not see it');
  t.deepEqual(judgement?.evidence, ['stale: b (10 ms after), c (30 ms after)']);
  t.is(measured(judgement, 'stale reads'), 2);
});

test('what was not answered tells nothing about the others, and alone is unknown', (t) => {
  const some = judge(read(110, 'a'), read(310, 'b', 'unknown'));
  t.is(some?.outcome, 'pass');
  t.is(some?.detail, '1 read of fresh writes, all saw them; 1 more did not tell');
  const none = judge({ ...read(110, 'a', 'unknown'), detail: 'status 404' });
  t.is(none?.outcome, 'unknown');
  t.is(none?.detail, 'whether fresh writes are seen is not known: of 1 read none told (status 404)');
});

test('where nothing was read nothing is judged, and where anything may become of the writes reads are only counted', (t) => {
  t.is(judge(write(100, 'a'), readBack('a')), undefined);
  const judgement = judgeReads(history(undefined, read(110, 'a', 'missing')), 'any');
  t.is(judgement?.outcome, 'skipped');
  t.is(measured(judgement, 'stale reads'), 1);
});

test('no stall explains a stale read, and a scenario with one fails', (t) => {
  const written = [write(100, 'a'), readBack('a')];
  const of = (result: 'seen' | 'missing') =>
    judgeScenario(history(undefined, ...written, read(110, 'a', result), ...busy(0, 4000)));
  t.is(of('missing').outcome, 'fail');
  t.regex(of('missing').detail, /did not see it/);
  t.true(of('seen').evidence?.includes('1 read of fresh writes, all saw them'));
});
