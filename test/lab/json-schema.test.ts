import { readFileSync } from 'node:fs';
import test from 'ava';
import { labJsonSchema, scenarioJsonSchema } from '../../src/lab/json-schema.js';

const published = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the published schema of lab.yaml is up to date (npm run schemas)', (t) => {
  t.is(published('lab.schema.json'), labJsonSchema());
});

test('the published schema of scenarios is up to date (npm run schemas)', (t) => {
  t.is(published('scenario.schema.json'), scenarioJsonSchema());
});

for (const [file, schema] of [
  ['the lab file', labJsonSchema],
  ['scenarios', scenarioJsonSchema],
] as const) {
  test(`every key of ${file} is explained to the editor`, (t) => {
    const unexplained: string[] = [];
    const look = (schema: Record<string, unknown>, path: string): void => {
      for (const [key, below] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        if (typeof below.description !== 'string') unexplained.push(`${path}${key}`);
        look(below, `${path}${key}.`);
      }
      if (typeof schema.additionalProperties === 'object') look(schema.additionalProperties as never, `${path}*.`);
      if (typeof schema.items === 'object') look(schema.items as never, `${path}[].`);
    };
    look(JSON.parse(schema()), '');
    t.deepEqual(unexplained, []);
  });
}
