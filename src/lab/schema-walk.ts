import * as z from 'zod';
import type { Path } from '../model/problem.js';

/** The schema below its defaults and its permission to be left out. */
export const bare = (schema: unknown): unknown => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return bare(schema.unwrap());
  }
  return schema;
};

/** The schema of what lies at a path, or undefined where the schema knows nothing of the kind. */
export const schemaAt = (schema: unknown, path: Path): unknown => {
  const [first, ...rest] = path;
  const here = bare(schema);
  if (first === undefined) return here;
  if (here instanceof z.ZodObject) {
    return Object.hasOwn(here.shape, first) ? schemaAt(here.shape[first], rest) : undefined;
  }
  if (here instanceof z.ZodRecord) return schemaAt(here.valueType, rest);
  if (here instanceof z.ZodArray) return schemaAt(here.element, rest);
  return undefined;
};

/** What a section's keys are called; nothing for anything but a section with fixed keys. */
export const keysAt = (schema: unknown, path: Path): readonly string[] => {
  const here = schemaAt(schema, path);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
};

/** Every fixed key of the whole file as a path, `*` standing for a name the user chooses and `[]` for a place in a list. */
export const everyKey = (schema: unknown, above: readonly string[] = []): readonly (readonly string[])[] => {
  const here = bare(schema);
  if (here instanceof z.ZodRecord) return everyKey(here.valueType, [...above, '*']);
  if (here instanceof z.ZodArray) return everyKey(here.element, [...above, '[]']);
  if (!(here instanceof z.ZodObject)) return [];
  return Object.entries(here.shape).flatMap(([key, below]) => [[...above, key], ...everyKey(below, [...above, key])]);
};

/** What a schema says of itself, wherever in its wrapping it was said. */
export const describedAs = (schema: unknown): string | undefined => {
  if (!(schema instanceof z.ZodType)) return undefined;
  if (schema.description !== undefined) return schema.description;
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return inner ? describedAs(schema.unwrap()) : undefined;
};

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The data without the known keys that have nothing behind them: a section whose lines are all commented out counts as
 * left out. A name the user chose (a machine) stays, so that it is missed rather than lost.
 */
export const withoutEmpty = (schema: unknown, data: unknown): unknown => {
  const here = bare(schema);
  if (!isSection(data)) return data;
  if (here instanceof z.ZodRecord) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, withoutEmpty(here.valueType, value)]));
  }
  if (!(here instanceof z.ZodObject)) return data;
  const kept = Object.entries(data).filter(([key, value]) => value !== null || !Object.hasOwn(here.shape, key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, Object.hasOwn(here.shape, key) ? withoutEmpty(here.shape[key], value) : value]),
  );
};
