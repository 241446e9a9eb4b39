import test from 'ava';
import { judgeKeptConnections } from '../../src/check/kept-connections.js';
import { connection, history } from './histories.js';

const kept = history(
  undefined,
  connection(0, 'opened'),
  connection(0, 'opened', 2),
  connection(1010, 'broke'),
  connection(1020, 'refused'),
  connection(1300, 'opened'),
  connection(4000, 'closed'),
);

test('connections may break as often as is allowed', (t) => {
  t.is(judgeKeptConnections(kept, 1)?.outcome, 'pass');
  const judgement = judgeKeptConnections(kept, 0);
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '1 kept connection broke, at most 0 may');
  t.deepEqual(judgement?.evidence, ['connections broken: 1 at 1,010 ms']);
});

test('without a bound breaks are only counted', (t) => {
  const judgement = judgeKeptConnections(kept, undefined);
  t.is(judgement?.outcome, 'skipped');
  t.deepEqual(
    judgement?.measures?.map(({ name, value }) => [name, value]),
    [
      ['connections broken', 1],
      ['connections refused', 1],
    ],
  );
});

test('where no connection was kept open, that none broke is unknown', (t) => {
  t.is(judgeKeptConnections(history(), 0)?.outcome, 'unknown');
  t.is(judgeKeptConnections(history(undefined, connection(0, 'refused')), 0)?.outcome, 'unknown');
  t.is(judgeKeptConnections(history(), undefined), undefined);
});
