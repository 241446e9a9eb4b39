import test from 'ava';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseScenario } from '../../src/lab/scenario.js';
import { labSchema } from '../../src/model/lab.js';
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

const text = `id: nginx-killed
title: nginx is killed
why: To see how long it takes to come back
target: front
fault: process-killed
process: nginx
schedule: {fault: 3 s}
expect: {}
`;

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
  const parsed = parseScenario(text.replace('front', 'web'), 'labs/x/scenarios/nginx-killed.yml');
  t.deepEqual(parsed.ok && parsed.scenario.schedule, { before: '1500 ms', fault: '3 s', after: '1500 ms' });
  t.is(parsed.ok && parsed.scenario.repeat, 1);
  t.deepEqual(parsed.ok && parsed.scenario.expect, {});
});
