import * as z from 'zod';
import { jsonSchemaOf, milliseconds, outcome } from './report-schema.js';

const run = z.strictObject({
  run: z.string().describe("The name of the run's folder: when it began"),
  lab: z.string(),
  title: z.string(),
  provider: z.string(),
  startedAt: z.iso.datetime().describe('Wall clock, ISO 8601'),
  durationMs: milliseconds,
  quintet: z.string().optional().describe('The version of Quintet that made it'),
  complete: z.boolean().describe('Whether it reached its end'),
  outcome: outcome.describe('Of the whole run'),
  counts: z.strictObject({ pass: z.int(), fail: z.int(), unknown: z.int(), skipped: z.int() }),
});

const difference = z
  .strictObject({
    what: z.string(),
    a: z.string().optional(),
    b: z.string().optional(),
  })
  .describe('A condition that was not the same in both; left out on the side where there is nothing of the kind');

const figure = z.strictObject({
  name: z.string().describe('outage, outage at most, failed, writes lost, recovery, or a part of the failover'),
  unit: z.enum(['ms', 'requests', 'count', 'percent']),
  a: z.number().optional(),
  b: z.number().optional(),
});

const changes = ['worse', 'better', 'other', 'only-in-a', 'only-in-b', 'same'] as const;

const compared = z.strictObject({
  kind: z.enum(['check', 'scenario']),
  id: z.string(),
  title: z.string(),
  change: z
    .enum(changes)
    .describe(
      'Of the outcome. worse: a pass became a fail; better: a fail became a pass; other (unclear): unknown or skipped on one side',
    ),
  a: outcome.optional(),
  b: outcome.optional(),
  details: z.strictObject({ a: z.string().optional(), b: z.string().optional() }).describe('What was found, in a line'),
  figures: z.array(figure),
});

/** `quintet report --compare A B --format json`. New fields may come; `version` is raised as that of a report is. */
export const comparisonSchema = z
  .strictObject({
    version: z.literal(1),
    a: run,
    b: run,
    differences: z.array(difference).describe('Between the conditions: lab, timers, programs, computer'),
    counts: z.record(z.enum(changes), z.int()),
    findings: z
      .array(compared)
      .describe('Scenarios, then checks; in each what became worse, better or other comes first'),
  })
  .describe('Two Quintet verification reports, side by side');

export type Comparison = z.infer<typeof comparisonSchema>;
export type ComparedRun = z.infer<typeof run>;
export type Compared = z.infer<typeof compared>;
export type Difference = z.infer<typeof difference>;
export type Change = Compared['change'];
export const changeOrder: readonly Change[] = changes;

/** The JSON Schema of a comparison. */
export const comparisonJsonSchema = (): string => jsonSchemaOf(comparisonSchema);
