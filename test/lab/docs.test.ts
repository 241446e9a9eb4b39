import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseLab } from '../../src/lab/parse-lab.js';
import { everyKey } from '../../src/lab/schema-walk.js';
import { labSchema } from '../../src/roles/lab-schema.js';

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
});

test('the page’s example is a good lab file', (t) => {
  t.is(examples.length, 1);
  const parsed = parseLab(examples[0] ?? '', 'lab.yaml');
  t.deepEqual(parsed.ok && parsed.warnings, []);
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
