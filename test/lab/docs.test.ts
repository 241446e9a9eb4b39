import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { parseLab } from '../../src/lab/parse-lab.js';
import { parseScenario } from '../../src/lab/scenario.js';
import { everyKey } from '../../src/lab/schema-walk.js';
import { labSchema } from '../../src/model/lab.js';
import { timerNames } from '../../src/plan/expectation.js';

const page = readFileSync(new URL('../../docs/lab-file.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');

test('the page on the lab file names every key', (t) => {
  const leaves = everyKey(labSchema).filter(
    (path, _, all) =>
      !all.some((other) => other.length > path.length && path.every((step, depth) => step === other[depth])),
  );
  for (const path of leaves) {
    const name = path.map((step) => (step === '*' ? 'NAME' : step)).join('.');
    t.true(page.includes(`\`${name}\``), name);
  }
  for (const name of Object.keys(timerNames)) t.true(page.includes(`| \`${name}\` |`), name);
});

test('the page’s examples are good lab and scenario files', (t) => {
  t.is(examples.length, 2);
  const [lab = '', scenario = ''] = examples;
  const parsed = parseLab(lab, 'lab.yaml');
  t.deepEqual(parsed.ok && parsed.warnings, []);
  t.true(parseScenario(scenario, `${parse(scenario).id}.yaml`).ok);
});

test('the page’s table says the defaults that hold', (t) => {
  const lab = labSchema.parse({}) as unknown as Record<string, Record<string, unknown> | string>;
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| `?([^|`]*?)`? \|/gm)];
  t.true(rows.length > 20);
  for (const [, name = '', said = ''] of rows) {
    const [section = '', key] = name.split('.');
    const value = key === undefined ? lab[section] : (lab[section] as Record<string, unknown> | undefined)?.[key];
    if (value !== undefined && typeof value !== 'object') t.is(said, String(value), name);
  }
});
