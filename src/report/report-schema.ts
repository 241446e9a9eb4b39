import * as z from 'zod';
import { directions, faultKinds } from '../model/scenario.js';

export const milliseconds = z.number().min(0).describe('milliseconds');
export const outcome = z.enum(['pass', 'fail', 'unknown', 'skipped']);

const measure = z.strictObject({
  name: z.string(),
  value: z.number(),
  unit: z.enum(['ms', 'requests', 'count', 'percent']),
  atMost: z.number().optional().describe('The bound it is held to'),
});

const phases = z
  .strictObject({
    detectionMs: milliseconds.optional().describe('From the fault until somebody noticed'),
    electionMs: milliseconds.optional().describe('From there until another load balancer held the VIP'),
    arpMs: milliseconds.optional().describe('From there until the vantage had heard of it'),
    firstAnswerMs: milliseconds.optional().describe('From there until the first good answer'),
  })
  .describe('The parts of a failover; what was not seen is left out');

const distribution = z
  .strictObject({
    runs: z.int().min(1),
    minMs: milliseconds,
    medianMs: milliseconds,
    p95Ms: milliseconds,
    maxMs: milliseconds,
    boundMs: milliseconds.optional().describe('What the scenario allows'),
    phases,
  })
  .describe("The outages of a scenario's repetitions");

const certainty = z
  .strictObject({
    held: z.int(),
    known: z.int().describe('How many came to a pass or a fail'),
    unknown: z.int().describe('How many could not be told; they count neither way'),
    atLeastPercent: z
      .number()
      .describe('Of all runs that are like these, so many would hold at least (Clopper and Pearson, one-sided)'),
    confidencePercent: z.number().describe('At this confidence'),
  })
  .describe('What the repetitions of a scenario prove');

const finding = z.strictObject({
  kind: z.enum(['check', 'scenario']),
  id: z.string(),
  title: z.string(),
  outcome: outcome.describe('unknown: Quintet could not find out; that is no pass'),
  detail: z.string().describe('What was found, in a line'),
  evidence: z.array(z.string()).optional(),
  measures: z.array(measure).optional(),
  distribution: distribution.optional(),
  certainty: certainty.optional(),
  singlePointOfFailure: z.string().optional().describe("What the site can't do without, where a scenario proved it"),
  durationMs: milliseconds.optional(),
});

const fault = z.strictObject({
  fault: z.enum(faultKinds),
  target: z.string(),
  atMs: milliseconds.describe('When, counted from the end of `before`'),
  forMs: milliseconds.describe('How long until it was undone; 0 for what is over at once'),
  service: z.string().optional(),
  direction: z.enum(directions).optional(),
  percent: z.number().optional(),
  bySeconds: z.number().optional(),
  path: z.string().optional(),
});

const site = z.strictObject({
  outageExpected: z.boolean(),
  outageAtMostMs: milliseconds.optional(),
  failedAtMost: z.int().optional(),
  status: z.int().optional(),
  backWithinMs: milliseconds.optional(),
});

const vip = z.strictObject({
  heldByOne: z.boolean(),
  splitExpected: z.boolean(),
  moves: z.enum(['never', 'away', 'back', 'either']).optional(),
  notOneAtMostMs: milliseconds.optional(),
  oneWithinMs: milliseconds.optional(),
});

const scenario = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    why: z.string(),
    beforeMs: milliseconds,
    afterMs: milliseconds,
    repeat: z.int().min(1),
    untilSure: z
      .strictObject({ sharePercent: z.int(), confidencePercent: z.int() })
      .optional()
      .describe('How sure it was to be made that such a share of runs holds; then `repeat` is how many had to hold'),
    faults: z.array(fault),
    expect: z.strictObject({
      site: site.optional(),
      static: site.optional(),
      dynamic: site.optional(),
      vip: vip.optional(),
      writes: z.enum(['kept', 'any']),
      breaksAtMost: z.int().optional(),
    }),
  })
  .describe('What was played and what was expected, with its formulas worked out');

const environment = z.strictObject({
  quintet: z.string(),
  node: z.string(),
  system: z.string(),
  cores: z.int(),
  memoryMb: z.number(),
  pace: z
    .number()
    .optional()
    .describe(
      'How many times as long as usual the machines need to start a program; amounts of time that may pass count that many times',
    ),
  versions: z.record(z.string(), z.record(z.string(), z.string())).describe('Programs by machine'),
});

/** report.json. New fields may come; `version` is raised when a reader of an older one could misunderstand. */
export const reportSchema = z
  .strictObject({
    version: z.literal(1),
    outcome: outcome.describe('Of the whole run'),
    lab: z.string(),
    title: z.string(),
    provider: z.string(),
    startedAt: z.iso.datetime().describe('Wall clock, ISO 8601'),
    durationMs: milliseconds,
    command: z.string().optional().describe('Does it again'),
    seed: z.string().optional().describe('Of a random campaign'),
    counts: z.strictObject({ pass: z.int(), fail: z.int(), unknown: z.int(), skipped: z.int() }),
    findings: z.array(finding).describe('Checks, then scenarios, in order'),
    scenarios: z.array(scenario).optional(),
    environment: environment.optional(),
  })
  .describe('A Quintet verification report');

/** The JSON Schema of report.json: new fields are allowed, so that a later report still satisfies it. */
export const reportJsonSchema = (): string => jsonSchemaOf(reportSchema);

export const jsonSchemaOf = (schema: z.ZodType): string =>
  `${JSON.stringify(opened(z.toJSONSchema(schema, { target: 'draft-7' })), undefined, 2)}\n`;

const opened = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([key, value]) => key !== 'additionalProperties' || value !== false);
  return Object.fromEntries(entries.map(([key, value]) => [key, opened(value)]));
};
