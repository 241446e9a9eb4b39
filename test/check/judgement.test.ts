import test from 'ava';
import { attempted, fail, figures, pass, unknown } from '../../src/check/judgement.js';
import { together } from '../../src/check/together.js';

const measure = { name: 'slow', value: 3, unit: 'requests' } as const;

test('of many judgements the gravest speaks, and all are evidence', (t) => {
  t.deepEqual(
    together([pass('fine', ['a']), undefined, fail('broken', ['b', 'a']), fail('late'), figures([measure], ['c'])]),
    { outcome: 'fail', detail: 'broken; late', evidence: ['a', 'b', 'c'], measures: [measure] },
  );
});

test('what several say in the same words is said once', (t) => {
  t.is(together([unknown('too busy'), unknown('too busy'), pass('fine')]).detail, 'too busy');
});

test('figures alone, or nothing, count neither way', (t) => {
  t.is(together([figures([measure])]).outcome, 'skipped');
  t.is(together([]).outcome, 'skipped');
});

test('a judge that throws found nothing out, one without an opinion keeps it to itself', (t) => {
  const thrown = attempted(() => {
    throw new Error('no such thing');
  });
  t.is((thrown as ReturnType<typeof unknown>).outcome, 'unknown');
  t.is(
    attempted(() => undefined),
    undefined,
  );
});
