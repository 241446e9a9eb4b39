import test from 'ava';
import { judgeRecovery } from '../../src/check/recovery.js';
import { fault, heal, history, well, withFaults, without } from './histories.js';

test('how long the lab took to get well again is measured from the healing', (t) => {
  const { outcome, measures } = judgeRecovery(history());
  t.is(outcome, 'pass');
  t.deepEqual(measures, [{ name: 'recovery', value: 500, unit: 'ms' }]);
});

test('a lab that was well before the last fault was healed has not recovered', (t) => {
  const twice = withFaults(history(), fault(), heal(), fault(2600, { machine: 'web' }), heal(3000, { machine: 'web' }));
  t.is(judgeRecovery(twice).outcome, 'fail');
  t.is(judgeRecovery([...twice, well(3300)]).measures?.[0]?.value, 300);
});

test('a lab that does not get well fails, and one that was never healed is unknown', (t) => {
  t.is(judgeRecovery(without(history(), 'well')).outcome, 'fail');
  t.is(judgeRecovery(without(history(), 'heal')).outcome, 'unknown');
  t.is(judgeRecovery(without(history(), 'fault')).outcome, 'unknown');
});
