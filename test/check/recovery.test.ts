import test from 'ava';
import { judgeRecovery, wellAtTheEndMs } from '../../src/check/recovery.js';
import { between, fault, heal, history, refused, vip, well, withFaults, without } from './histories.js';

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

test('a lab is well at the end for as long as nothing was noticed since', (t) => {
  t.is(wellAtTheEndMs(history()), 1500);
  t.is(wellAtTheEndMs(without(history(), 'well')), undefined);
  t.is(wellAtTheEndMs(without(history(), 'run-ended')), undefined);
  t.is(wellAtTheEndMs([...history(), vip(3950, 'lb1')]), undefined);
  t.is(wellAtTheEndMs(history(between(3900, 3950, refused))), undefined);
});
