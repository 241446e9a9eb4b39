import { z } from 'zod';
import { scenarioSchema } from '../model/scenario.js';
import { serviceNames } from '../plan/services.js';
import { labSchema } from '../roles/lab-schema.js';

/** A service is any word for the schema, and one of those that roles run for who writes it. */
const services: Readonly<Record<string, object>> = {
  service: { enum: serviceNames },
  up: { propertyNames: { type: 'string', enum: serviceNames } },
};

const asText = (schema: z.ZodType): string => {
  const override = ({ jsonSchema }: { jsonSchema: { properties?: unknown } }): void => {
    const properties = jsonSchema.properties as Record<string, object> | undefined;
    for (const [key, more] of Object.entries(services)) if (properties?.[key]) Object.assign(properties[key], more);
  };
  // Draft 7 is what editors' YAML servers know best.
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override }), undefined, 2)}\n`;
};

/** The JSON Schema of `lab.yaml`, for editors: completion, explanations and first checks while typing. */
export const labJsonSchema = (): string => asText(labSchema);

/** The same for a scenario file. */
export const scenarioJsonSchema = (): string => asText(scenarioSchema);

/** Where a lab folder keeps its copy; the first line of a generated `lab.yaml` names it. */
export const labSchemaPath = '.quintet/lab.schema.json';

/** The same for scenarios; the shipped ones name it in their first line. */
export const scenarioSchemaPath = '.quintet/scenario.schema.json';
