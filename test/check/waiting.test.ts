import test from 'ava';
import { judgeScenario } from '../../src/check/scenario.js';
import { expectedOf, judgeWaiting } from '../../src/check/waiting.js';
import type { WaitedEvent } from '../../src/model/history.js';
import { holders, runStarted, scenario, site } from './histories.js';

const waited: WaitedEvent = { type: 'waited', atMs: 1200, tookMs: 30_000, for: 'lb2 alone holds the VIP' };
const inVain: WaitedEvent = { ...waited, missing: 'lb2 alone holds the VIP (held by nobody)' };

test('a step that went on says nothing about the lab', (t) => {
  t.is(judgeWaiting([runStarted, waited]), undefined);
});

test('a step that waited in vain is unknown, and says what was missing', (t) => {
  const judgement = judgeWaiting([runStarted, inVain]);
  t.is(judgement?.outcome, 'unknown');
  t.is(
    judgement?.detail,
    'waited 30,000 ms in vain until lb2 alone holds the VIP: still missing is lb2 alone holds the VIP (held by nobody)',
  );
});

test('what only the steps left out bring about is not held against the lab', (t) => {
  const { expect } = scenario({
    site: site({ failedAtMost: 0, outageExpected: true }),
    vip: holders({ heldByOne: true, moves: 'back', splitExpected: true }),
  });
  t.deepEqual(expectedOf([inVain], expect), {
    site: site({ failedAtMost: 0 }),
    vip: holders({ heldByOne: true }),
    writes: 'kept',
  });
  t.deepEqual(expectedOf([waited], expect), expect);
});

test('a run that was cut short is never a pass', (t) => {
  t.not(judgeScenario([runStarted, inVain, { type: 'run-ended', atMs: 40_000 }]).outcome, 'pass');
});
