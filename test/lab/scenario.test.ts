import test from 'ava';
import { checkText } from '../../src/lab/check-text.js';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseScenario, scenarioRules } from '../../src/lab/scenario.js';
import { writeScenario } from '../../src/lab/write-scenario.js';
import { type Scenario, scenarioSchema } from '../../src/model/scenario.js';
import { timersOf } from '../../src/plan/formula.js';
import { planOf } from '../../src/plan/plan.js';
import { randomFaults, randomScenario } from '../../src/plan/random-scenario.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { expectedOf, orphansIn, pairsIn } from './pairs.js';

const folder = 'scenario-errors';

for (const pair of pairsIn(folder)) {
  test(`says what is wrong with the scenario ${pair.name}.yaml`, (t) => {
    const parsed = parseScenario(pair.text, `scenarios/${pair.name}.yaml`);
    t.false(parsed.ok);
    const said = `${formatProblems(parsed.ok ? [] : parsed.problems, pair.text, { width: 80 })}\n`;
    t.is(expectedOf(folder, pair, said), said);
  });
}

test('every expected text has its scenario', (t) => {
  t.deepEqual(orphansIn(folder), []);
});

test('every rule of meaning is shown by one of the scenarios', (t) => {
  const pairs = pairsIn(folder);
  const lab = labSchema.parse({});
  const timers = timersOf(planOf(lab));
  const count = ({ name, text }: (typeof pairs)[number], rules: typeof scenarioRules) => {
    const subject = (scenario: Scenario) => ({ scenario, fileId: name, lab, timers });
    const checked = checkText({ schema: scenarioSchema, subject, rules }, text, 'scenario.yaml');
    return (checked.ok ? checked.warnings : checked.problems).length;
  };
  for (const [index, rule] of scenarioRules.entries()) {
    t.true(
      pairs.some((pair) => count(pair, [rule]) > count(pair, [])),
      `rule ${index} (${rule.reads.join(', ')}) is shown by no file`,
    );
  }
});

const text = `id: nginx-killed
title: nginx is killed
why: To see how long it takes to come back
faults:
  - {fault: process-killed, service: nginx, target: front, for: 3 s}
expect: {}
`;

const parsedFor = (written: string, lab = labSchema.parse({})) => {
  const parsed = parseScenario(written, 'labs/x/scenarios/nginx-killed.yml', lab);
  return parsed.ok ? parsed.scenario : formatProblems(parsed.problems, written);
};

test('a scenario is held against the lab it is for', (t) => {
  const machines = {
    lb1: { roles: ['load-balancer' as const] },
    lb2: { roles: ['load-balancer' as const] },
    front: { roles: ['web' as const] },
    back: { roles: ['app' as const, 'database' as const] },
  };
  t.true(parseScenario(text, 'nginx-killed.yaml', labSchema.parse({ machines })).ok);
  t.false(parseScenario(text, 'nginx-killed.yaml').ok);
});

test('what a scenario leaves out has a default', (t) => {
  t.like(parsedFor(text.replace('front', 'web')), {
    before: '1500 ms',
    after: '1500 ms',
    repeat: 1,
    faults: [{ at: '0 ms' }],
    expect: { writes: 'kept' },
  });
});

/** The same scenario with other faults and expectations. */
const withParts = (faults: string, expect: string) =>
  parsedFor(text.replace(/faults:.*/s, `faults: [${faults}]\nexpect: ${expect}\n`));

const good: readonly (readonly [what: string, faults: string, expect: string])[] = [
  [
    'an expected outage may be bounded',
    '{fault: power-cut, target: web, for: 1 s}',
    '{site: {outage: expected, outageAtMost: 9 s}}',
  ],
  [
    'a bound may be longer than the fault where the end of the outage is judged too',
    '{fault: power-cut, target: lb1, for: 1 s}',
    '{site: {outageAtMost: 2 s, backWithin: 1 s}}',
  ],
  [
    'several faults together outlast the bound of them all',
    '{fault: power-cut, target: lb1, for: 2 s}, {fault: power-cut, target: lb2, at: 5 s, for: 2 s}',
    '{site: {outageAtMost: 3 s}}',
  ],
  [
    'one machine may suffer the same again when it is healed',
    '{fault: power-cut, target: web, for: 2 s}, {fault: power-cut, target: web, at: 2 s, for: 2 s}',
    '{}',
  ],
  [
    'two machines may suffer the same at once',
    '{fault: power-cut, target: lb1, for: 2 s}, {fault: power-cut, target: lb2, for: 2 s}',
    '{}',
  ],
  [
    'whoever holds the VIP a moment later may be another',
    '{fault: process-killed, service: haproxy, target: vip-holder, for: 2 s}, {fault: process-killed, service: haproxy, target: vip-holder, at: 1 s, for: 2 s}',
    '{}',
  ],
  [
    'what is over at once may come as often as one likes',
    '{fault: service-reloaded, service: haproxy, target: lb1}, {fault: service-reloaded, service: haproxy, target: lb1}',
    '{site: {outageAtMost: 1 s}}',
  ],
  [
    'a part may be spared while another is not',
    '{fault: power-cut, target: app, for: 1 s}',
    '{static: {failedAtMost: 0}, dynamic: {outage: expected, status: 503}}',
  ],
];

for (const [what, faults, expect] of good) {
  test(`${what}`, (t) => {
    t.is(typeof withParts(faults, expect), 'object', String(withParts(faults, expect)));
  });
}

test('what chance chooses can be written down and read again', (t) => {
  const plan = planOf(labSchema.parse({}));
  for (let seed = 1; seed <= 100; seed += 1) {
    const scenario = randomScenario('by-chance', randomFaults(seed, 1, plan));
    const text = writeScenario(scenario);
    const parsed = parseScenario(text, 'by-chance.yaml');
    t.deepEqual(parsed.ok ? parsed.scenario : formatProblems(parsed.problems, text), scenario);
  }
});

test('what rests on a wrong fault is not held against the user too', (t) => {
  const said = withParts('{fault: powercut, target: web, for: 1 s}', '{site: {outageAtMost: 5 s}}');
  t.is(String(said).split('error:').length - 1, 1, String(said));
});

test('a wrong key in one fault does not hide what is wrong elsewhere', (t) => {
  const said = withParts('{fault: power-cut, target: web, four: 1 s}', '{site: {outageAtMost: 5 q}}');
  t.is(String(said).split('error:').length - 1, 2, String(said));
});

test('for a lab that can not be read a scenario is told what is wrong with it for any lab', (t) => {
  const written = text.replace('for: 3 s', 'for: 3 apples');
  const parsed = parseScenario(written, 'nginx-killed.yaml', 'unreadable');
  t.deepEqual(parsed.ok ? [] : parsed.problems.map(({ message }) => message), [
    'apples is no unit that a formula knows (ms, s)',
  ]);
});
