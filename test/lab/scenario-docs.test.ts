import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseScenario } from '../../src/lab/scenario.js';
import { everyKey } from '../../src/lab/schema-walk.js';
import {
  directions,
  faultKindRow,
  faultKinds,
  scenarioSchema,
  turnTargets,
  vipTargets,
} from '../../src/model/scenario.js';
import { timerNames } from '../../src/plan/formula.js';
import { serviceNames } from '../../src/plan/services.js';
import { roleNames } from '../../src/roles/roles.js';

const page = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [name, rest]),
);

test('the page on scenarios has a row for every key', (t) => {
  const keys = everyKey(scenarioSchema).map((path) => path.at(-1) ?? '');
  // What the site, static and dynamic requests and the VIP are expected to do is told in tables of their own.
  const sections = ['site', 'static', 'dynamic', 'vip'];
  for (const key of keys.filter((each) => !sections.includes(each))) t.true(rows.has(key), key);
  for (const section of sections) t.true(page.includes(`\`expect.${section}\``), section);
});

test('the page has a row for every name of a formula and every word for a target', (t) => {
  for (const name of Object.keys(timerNames)) t.true(rows.has(name), name);
  for (const [target, meaning] of Object.entries({ ...vipTargets, ...turnTargets })) t.is(rows.get(target), meaning);
});

test('the page says of every kind of fault what it needs', (t) => {
  for (const kind of faultKinds) {
    const [needs = '', , where = ''] = (rows.get(kind) ?? '').split(' | ');
    const { required = [], optional = [], momentary } = faultKindRow(kind);
    const expected = [...required, ...(momentary ? [] : ['for']), ...optional];
    t.deepEqual(
      [...needs.matchAll(/`(\w+)`/g)].map(([, option]) => option),
      expected,
      kind,
    );
    t.not(where, '', kind);
  }
});

test('the page names every value that a key can have', (t) => {
  for (const value of [...serviceNames, ...directions, ...roleNames]) t.true(page.includes(`\`${value}\``), value);
  for (const value of ['preempt', 'no-preempt', 'expected', 'one', 'never', 'away', 'back', 'either', 'kept', 'any']) {
    t.true(page.includes(`\`${value}\``), value);
  }
});

test('the page says the defaults that hold', (t) => {
  const written = {
    id: 'x',
    title: 'x',
    why: 'x',
    faults: [{ fault: 'power-cut', target: 'web', for: '1 s' }],
    expect: {},
  };
  const { before, after, repeat, faults, expect } = scenarioSchema.parse(written);
  const defaults = { before, after, repeat, at: faults[0]?.at, writes: expect.writes };
  for (const [key, value] of Object.entries(defaults)) t.is(rows.get(key)?.split(' | ')[0], `\`${value}\``, key);
});

test('the page’s example is a good scenario', (t) => {
  const [example = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  const parsed = parseScenario(example, `${parse(example).id}.yaml`);
  t.is(parsed.ok ? '' : formatProblems(parsed.problems, example), '');
});

test('the page’s example of a mistake is what is said', (t) => {
  const said = /```\n(scenarios\/power-cut\.yaml.*?)\n```/s.exec(page)?.[1] ?? '';
  const text = `id: power-cut
title: x
why: x
faults:
  - fault: power-cut
    target: vip-holder
    for: 500 ms
expect: {site: {outageAtMost: masterDown + 150 ms}}
`;
  const parsed = parseScenario(text, 'scenarios/power-cut.yaml');
  t.is(parsed.ok ? '' : formatProblems(parsed.problems, text), said);
});
