import test from 'ava';
import { judgeWrites } from '../../src/check/writes.js';
import type { HistoryEvent } from '../../src/model/history.js';
import { history, readBack, write } from './histories.js';

const judge = (...events: HistoryEvent[]) => judgeWrites(history(undefined, ...events), 'kept');
const measured = (of: ReturnType<typeof judge>, name: string) =>
  of?.measures?.find((each) => each.name === name)?.value;

test('an application that takes no writes is not asked about any', (t) => {
  const judgement = judgeWrites(history(undefined), 'none');
  t.is(judgement?.outcome, 'skipped');
  t.deepEqual(judgement?.evidence, ['writes: not asked, the application writes nothing']);
});

const three = [write(100, 'a'), write(200, 'b', 'unknown'), write(300, 'c', 'failed')];

test('what was acknowledged and is there was kept', (t) => {
  const judgement = judge(...three, readBack('a'));
  t.is(judgement?.outcome, 'pass');
  t.is(judgement?.detail, '1 acknowledged write kept');
  t.is(measured(judgement, 'writes lost'), 0);
});

test('what was acknowledged and is not there was lost', (t) => {
  const judgement = judge(...three, write(400, 'd'), readBack('d'));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '1 acknowledged write lost of 2');
  t.deepEqual(judgement?.evidence, ['lost: a']);
  t.is(measured(judgement, 'writes lost'), 1);
});

test('of many lost ones ten are named', (t) => {
  const many = Array.from({ length: 25 }, (_, index) => write(index, `w${index}`));
  t.deepEqual(judge(...many, readBack())?.evidence, ['lost: w0, w1, w2, w3, w4, w5, w6, w7, w8, w9 and 15 more']);
});

test('what nobody knew about may be there or not', (t) => {
  const there = judge(...three, readBack('a', 'b'));
  t.is(there?.outcome, 'pass');
  t.is(measured(there, 'writes recovered'), 1);
  t.is(measured(judge(...three, readBack('a')), 'writes recovered'), 0);
});

test('what was refused and is there all the same fails', (t) => {
  const judgement = judge(...three, readBack('a', 'c'));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '1 write refused and there all the same');
  t.deepEqual(judgement?.evidence, ['refused but there: c']);
});

test('what is there twice fails', (t) => {
  const judgement = judge(...three, readBack('a', 'b', 'a', 'a'));
  t.is(judgement?.outcome, 'fail');
  t.deepEqual(judgement?.evidence, ['there twice: a']);
});

test('what could not be read back is unknown, unless nothing was acknowledged', (t) => {
  t.is(judge(...three)?.outcome, 'unknown');
  const problem: HistoryEvent = { type: 'read-back', atMs: 4000, ids: [], problem: 'ECONNREFUSED' };
  t.is(judge(...three, problem)?.outcome, 'unknown');
  t.is(judge(...three, problem)?.detail, 'whether writes were lost is not known: ECONNREFUSED');
  t.is(judge(write(100, 'a', 'failed'), problem)?.outcome, 'pass');
});

test('where anything may become of the writes they are only counted', (t) => {
  const judgement = judgeWrites(history(undefined, ...three, readBack()), 'any');
  t.is(judgement?.outcome, 'skipped');
  t.is(measured(judgement, 'writes lost'), 1);
});

test('where nothing was written nothing is judged', (t) => {
  t.is(judge(readBack()), undefined);
});

const node = (machine: string, ...ids: string[]) => ({ machine, ids });
const readBackOf = (...nodes: readonly { machine: string; ids: string[]; problem?: string }[]): HistoryEvent => ({
  type: 'read-back',
  atMs: 4000,
  ids: ['a'],
  nodes,
});

test('what one machine of a cluster lacks was lost there, by its name', (t) => {
  t.is(judge(...three, readBackOf(node('d1', 'a'), node('d2', 'a')))?.outcome, 'pass');
  const judgement = judge(...three, readBackOf(node('d1', 'a'), node('d2')));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '1 acknowledged write lost on d2');
  t.deepEqual(judgement?.evidence, ['lost on d2: a']);
});

test('a machine of a cluster that does not tell what it has is unknown', (t) => {
  const judgement = judge(...three, readBackOf(node('d1', 'a'), { ...node('d2'), problem: 'no answer' }));
  t.is(judgement?.outcome, 'unknown');
  t.is(judgement?.detail, 'whether d2 has every write is not known: no answer');
});
