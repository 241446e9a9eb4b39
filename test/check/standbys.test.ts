import test from 'ava';
import type { StandbyFacts } from '../../src/check/facts.js';
import { judgeStandbys, notStandingBy } from '../../src/check/standbys.js';

const holder: StandbyFacts = { machine: 'lb1', holds: true, state: 'master', advertsHeard: 0 };
const standby: StandbyFacts = { machine: 'lb2', holds: false, state: 'backup', advertsHeard: 12 };

const cases: readonly [title: string, of: Partial<StandbyFacts>, outcome: string, says: RegExp][] = [
  ['a backup that hears adverts passes', {}, 'pass', /lb2: 12 adverts heard/],
  ['a backup that hears none fails', { advertsHeard: 0 }, 'fail', /lb2 hears no adverts/],
  ['one in state FAULT fails', { state: 'fault' }, 'fail', /lb2 is in state FAULT, not BACKUP$/],
  ['why it is in FAULT is said', { state: 'fault', why: 'its cable is out' }, 'fail', /BACKUP \(its cable is out\)/],
  ['one that is not there fails', { state: 'stopped' }, 'fail', /does not run on lb2/],
  ['a second master that does not hold the VIP fails', { state: 'master' }, 'fail', /MASTER/],
  [
    'one that does not answer is unknown',
    { state: 'unknown', silence: 'no power' },
    'unknown',
    /lb2 does not say: no power/,
  ],
];

for (const [title, of, outcome, says] of cases) {
  test(`${title}`, (t) => {
    const judgement = judgeStandbys([holder, { ...standby, ...of }]);
    t.is(judgement.outcome, outcome as never);
    t.regex(judgement.detail, says);
  });
}

test('whoever holds the VIP need not stand by', (t) => {
  t.is(judgeStandbys([{ ...holder, state: 'stopped' }, standby]).outcome, 'pass');
});

test('one load balancer alone has no standby, and says so', (t) => {
  t.deepEqual(judgeStandbys([holder]).outcome, 'pass');
  t.regex(judgeStandbys([holder]).detail, /none to take over/);
  t.is(judgeStandbys([{ ...holder, holds: false, state: 'fault' }]).outcome, 'fail');
});

test('while it waits, a lab complains of a standby in the same words, whatever the cause is at the moment', (t) => {
  const fault = { ...standby, state: 'fault' } as const;
  t.is(notStandingBy({ ...fault, why: 'its cable is out' }), notStandingBy(fault));
});
