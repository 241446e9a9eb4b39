import test from 'ava';
import { judgeBrokenConfiguration } from '../../src/check/broken-configuration.js';
import type { FaultEvent } from '../../src/model/history.js';
import { fault, history, withFaults } from './histories.js';

const broken = (answer?: FaultEvent['answer']) =>
  fault(1000, { fault: 'config-broken', service: 'haproxy', ...(answer ? { answer } : {}) });
const judge = (...faults: FaultEvent[]) => judgeBrokenConfiguration(withFaults(history(), ...faults));

test('a broken configuration must be refused', (t) => {
  t.is(judge(broken('refused'))?.outcome, 'pass');
  const judgement = judge(broken('refused'), broken('accepted'));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, 'haproxy on lb1 took a broken configuration');
});

test('what was made of a broken configuration can be unknown', (t) => {
  t.is(judge(broken())?.outcome, 'unknown');
});

test('other faults say nothing about configurations', (t) => {
  t.is(judge(fault()), undefined);
});
