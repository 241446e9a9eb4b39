import * as z from 'zod';
import { labSchema } from '../model/lab.js';
import { scenarioSchema } from '../model/scenario.js';

const asText = (schema: z.ZodType): string =>
  // Draft 7 is what editors' YAML servers know best.
  `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }), undefined, 2)}\n`;

/** The JSON Schema of `lab.yaml`, for editors: completion, explanations and first checks while typing. */
export const labJsonSchema = (): string => asText(labSchema);

/** The same for a scenario file. */
export const scenarioJsonSchema = (): string => asText(scenarioSchema);

/** Where a lab folder keeps its copy; the first line of a generated `lab.yaml` names it. */
export const labSchemaPath = '.quintet/lab.schema.json';

/** The same for scenarios; the shipped ones name it in their first line. */
export const scenarioSchemaPath = '.quintet/scenario.schema.json';
