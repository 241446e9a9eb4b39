import test from 'ava';
import { goodAnswersIn } from '../../src/campaign/good-answers.js';
import type { ProbeEvent } from '../../src/model/history.js';
import { probes } from '../check/histories.js';

const probe = (atMs: number, result: ProbeEvent['result'] = 'ok'): ProbeEvent => {
  const [one] = probes(10, () => ({ atMs, result }));
  if (one === undefined) throw new Error('there is no probe');
  return one;
};

const heard = (...atMs: readonly number[]) => {
  const answers = goodAnswersIn(500);
  for (const each of atMs) answers.hear(probe(each));
  return answers;
};

test('good answers in a row are counted, and a bad one ends the row', (t) => {
  const answers = heard(0, 10);
  t.is(answers.inARow(), 2);
  answers.hear(probe(20, 'error'));
  t.is(answers.inARow(), 0);
  answers.hear(probe(30));
  t.is(answers.inARow(), 1);
});

test('what was sent before a fault does not count after it, and ends the row all the same when it is bad', (t) => {
  const answers = heard(0, 10);
  answers.anew(15);
  t.is(answers.inARow(), 0);
  answers.hear(probe(12));
  t.is(answers.inARow(), 0);
  answers.hear(probe(20));
  answers.hear(probe(14, 'timeout'));
  t.is(answers.inARow(), 0);
});
