import test from 'ava';
import { judgeSwitches } from '../../src/check/switches.js';
import type { FaultEvent } from '../../src/model/history.js';
import { fault, history, withFaults } from './histories.js';

const change = (answer?: FaultEvent['answer'], why?: string) =>
  fault(1000, { fault: 'switch', machine: 'green', ...(answer && { answer }), ...(why && { why }) });
const judge = (wanted: 'refused' | undefined, ...faults: FaultEvent[]) =>
  judgeSwitches(withFaults(history(), ...faults), wanted);

test('every application server must be switched to', (t) => {
  t.is(judge(undefined, change('accepted'), change('accepted'))?.outcome, 'pass');
  const judgement = judge(undefined, change('accepted'), change('refused', 'it answers with status 500'));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, 'the switch to green was refused: it answers with status 500');
});

test('where it shall be refused it may not be switched to', (t) => {
  t.is(judge('refused', change('refused'))?.outcome, 'pass');
  t.is(judge('refused', change('accepted'))?.outcome, 'fail');
});

test('what became of a switch can be unknown, and other faults say nothing about it', (t) => {
  t.is(judge(undefined, change())?.outcome, 'unknown');
  t.is(judge('refused', fault()), undefined);
});
