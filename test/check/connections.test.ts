import test from 'ava';
import { isAllowed, judgeConnections, sourcesOf, targetsFor } from '../../src/check/connections.js';
import type { Attempt, ConnectionFacts, Target } from '../../src/check/facts.js';
import { addressOf, plan } from './plans.js';

const listening: Target[] = [
  { address: addressOf('db'), port: 3306 },
  { address: addressOf('db'), port: 22 },
];

/** What a lab that keeps to its plan shows, but for what `change` says. */
const facts = (change: (attempt: Attempt) => string | undefined = () => undefined): ConnectionFacts => {
  const attempts = sourcesOf(plan).flatMap((from) =>
    targetsFor(plan, from, listening).map((target): Attempt => {
      const attempt = { from, ...target, answer: isAllowed(plan, from, target) ? 'open' : 'refused' };
      return { ...attempt, answer: change(attempt) ?? attempt.answer };
    }),
  );
  return { attempts, listening, silent: [] };
};

test('a lab that keeps to its plan passes, and proven refusals are counted', (t) => {
  const { outcome, detail, evidence } = judgeConnections(facts(), plan);
  t.is(outcome, 'pass');
  t.regex(detail, /^18 allowed are open, \d+ forbidden are closed though something listens$/);
  t.true(evidence?.includes('closed: lb1 to db:3306 (refused)'));
  t.true(evidence?.includes('closed: vantage to db:22 (refused)'));
  t.false(evidence?.some((line) => line.includes('web:3306')));
});

test('a forbidden connection that opens fails and is named', (t) => {
  const { outcome, detail } = judgeConnections(
    facts(({ from, address, port }) =>
      from === 'lb1' && address === addressOf('db') && port === 3306 ? 'open' : undefined,
    ),
    plan,
  );
  t.is(outcome, 'fail');
  t.is(detail, 'open but forbidden: lb1 to db:3306');
});

test('an allowed connection that stays closed fails and is named', (t) => {
  const { outcome, detail } = judgeConnections(
    facts(({ from, port }) => (from === 'app' && port === 3306 ? 'timeout' : undefined)),
    plan,
  );
  t.is(outcome, 'fail');
  t.is(detail, 'closed but allowed: app to db:3306 (timeout)');
});

test('a service on a port of its own, found listening, must be closed as well', (t) => {
  const { outcome, detail } = judgeConnections(
    facts(({ from, port }) => (from === 'web' && port === 22 ? 'open' : undefined)),
    plan,
  );
  t.is(outcome, 'fail');
  t.regex(detail, /open but forbidden: web to lb1:22/);
});

test('a source that could not be asked makes it unknown, and is named', (t) => {
  const whole = facts();
  const { outcome, detail } = judgeConnections(
    {
      ...whole,
      attempts: whole.attempts.filter((each) => each.from !== 'web'),
      silent: [{ machine: 'web', reason: 'it is off' }],
    },
    plan,
  );
  t.is(outcome, 'unknown');
  t.is(detail, 'web could not be asked: it is off');
});

test('a row of the plan that nobody tried makes it unknown', (t) => {
  const whole = facts();
  const some = whole.attempts.filter((each) => !(each.from === 'vantage' && each.port === 443));
  t.is(judgeConnections({ ...whole, attempts: some }, plan).outcome, 'unknown');
  t.is(judgeConnections({ ...whole, attempts: [] }, plan).outcome, 'unknown');
});

test('no machine tries its own address, and no load balancer a forbidden port of the VIP', (t) => {
  t.false(targetsFor(plan, 'web', []).some((target) => target.address === addressOf('web')));
  const onVip = targetsFor(plan, 'lb1', []).filter((target) => target.address === plan.network.vip);
  t.deepEqual(onVip.map((target) => target.port).sort(), [443, 80]);
});
