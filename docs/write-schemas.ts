import { writeFile } from 'node:fs/promises';
import { labJsonSchema, scenarioJsonSchema } from '../src/lab/json-schema.js';
import { comparisonJsonSchema } from '../src/report/comparison-schema.js';
import { reportJsonSchema } from '../src/report/report-schema.js';

/** `npm run schemas`: writes the JSON Schemas again after the model has changed. */
const here = (name: string): URL => new URL(name, import.meta.url);

await writeFile(here('lab.schema.json'), labJsonSchema());
await writeFile(here('scenario.schema.json'), scenarioJsonSchema());
await writeFile(here('report.schema.json'), reportJsonSchema());
await writeFile(here('comparison.schema.json'), comparisonJsonSchema());
