import * as z from 'zod';
import { own } from '../model/own.js';
import type { Path, Remark } from '../model/problem.js';
import { didYouMean, oneOf } from './did-you-mean.js';
import { describedAs, everyKey, keysAt, schemaAt } from './schema-walk.js';
import { converted } from './suggestions.js';

type Issue = z.core.$ZodIssue;

/** Zod's issues as remarks: what is wrong in the words of the file, and what was probably meant. */
export const remarksOf = (issues: readonly Issue[], schema: z.ZodType, data: unknown): readonly Remark[] =>
  withoutEchoes(issues.slice(0, mostIssues).flatMap((issue) => remarks(issue, schema, data)));

/** More than anybody mends at once: a file with more mistakes than that is another kind of file. */
export const mostIssues = 200;
const mostKeys = 50;

/** One complaint about each thing; and a key that is only spelled wrong is not missing too. */
const withoutEchoes = (all: readonly Remark[]): readonly Remark[] => {
  const meant = all.flatMap(({ path, suggestion }) =>
    suggestion === undefined ? [] : [nameOf([...path.slice(0, -1), suggestion])],
  );
  const once = all.filter(({ path }, index) => all.findIndex((other) => nameOf(other.path) === nameOf(path)) === index);
  return once.filter(
    ({ path, at, suggestion }) => at !== 'key' || suggestion !== undefined || !meant.includes(nameOf(path)),
  );
};

const remarks = (issue: Issue, schema: z.ZodType, data: unknown): readonly Remark[] => {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostKeys).map((key) => unknownKey(path, key, schema));
  }
  if (issue.code === 'invalid_key') return [badName(path, issue)];
  const value = valueAt(data, path);
  if (value === undefined) return [missingKey(path, schema)];
  const expected = schemaAt(schema, path);
  const { message, suggestion } = wrongValue(issue, expected, path, value);
  return [{ path, message: `${nameOf(path)} ${message}`, suggestion: suggestion ?? converted(expected, path, value) }];
};

/** A path as people write it: `machines.web.roles`. */
export const nameOf = (path: Path): string =>
  path.length === 0 ? 'the file' : path.join('.').replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

export const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    data,
  );

export const unknownKey = (path: Path, key: string, schema: z.ZodType): Remark => {
  const known = keysAt(schema, path);
  const near = didYouMean(key, known);
  const elsewhere = near === undefined ? placesOf(key, schema) : [];
  const where = path.length === 0 ? 'a lab file' : nameOf(path);
  const hints = elsewhere.length > 0 ? `${oneOf(elsewhere)} exists: is that what you mean?` : undefined;
  return {
    path: [...path, key],
    at: 'key',
    message: path.length === 0 ? `there is no key called ${key}` : `${where} has no key called ${key}`,
    suggestion: near,
    hint: hints ?? (near === undefined ? `the keys here are ${oneOf(known, 'and')}.` : undefined),
  };
};

/** Where else in the file a key of this name belongs. */
const placesOf = (key: string, schema: z.ZodType): readonly string[] => {
  const paths = everyKey(schema).filter((path) => path.length > 1);
  const near = didYouMean(
    key,
    paths.map((path) => path.at(-1) ?? ''),
  );
  return paths
    .filter((path) => path.at(-1) === near)
    .map((path) =>
      path
        .map((step) => (step === '*' ? 'NAME' : step))
        .join('.')
        .replaceAll('.[]', '[]'),
    );
};

const badName = (path: Path, issue: Extract<Issue, { code: 'invalid_key' }>): Remark => {
  const name = String(path.at(-1));
  const slug = slugOf(name);
  return {
    path,
    at: 'key',
    message: `${JSON.stringify(name)} ${issue.issues[0]?.message ?? 'is no name'}`,
    suggestion: slug === '' || slug === name ? undefined : slug,
  };
};

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 32);

const missingKey = (path: Path, schema: z.ZodType): Remark => {
  const about = describedAs(rawSchemaAt(schema, path));
  const above = path.length < 2 ? 'the file' : nameOf(path.slice(0, -1));
  return {
    path,
    at: 'key',
    message: `${above} needs ${String(path.at(-1))}`,
    hint:
      about === undefined ? undefined : `${String(path.at(-1))}: ${about.charAt(0).toLowerCase()}${about.slice(1)}.`,
  };
};

/** Like schemaAt, but with the wrapping that carries a description. */
const rawSchemaAt = (schema: z.ZodType, path: Path): unknown => {
  const above = schemaAt(schema, path.slice(0, -1));
  return above instanceof z.ZodObject ? own<unknown>(above.shape, String(path.at(-1))) : schemaAt(schema, path);
};

/** What a schema wants, in words. */
const kindOf = (expected: unknown): string => {
  if (expected instanceof z.ZodEnum) return oneOf(expected.options.map(String));
  if (expected instanceof z.ZodNumber) return 'a whole number';
  if (expected instanceof z.ZodBoolean) return 'true or false';
  if (expected instanceof z.ZodArray) return 'a list such as [a, b]';
  if (expected instanceof z.ZodObject || expected instanceof z.ZodRecord) return 'a section with keys of its own';
  return 'text';
};

/** What the user wrote, in words. */
const shown = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const wrongValue = (
  issue: Issue,
  expected: unknown,
  path: Path,
  value: unknown,
): { message: string; suggestion?: string | undefined } => {
  const last = String(path.at(-1) ?? '');
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_value': {
      const options = expected instanceof z.ZodEnum ? expected.options.map(String) : [];
      // The schema has words of its own where "text" would say too little.
      const wanted = /^invalid/i.test(issue.message) ? `must be ${kindOf(expected)}` : issue.message;
      const suggestion =
        typeof value === 'string' ? (didYouMean(value, options) ?? spaced(expected, value)) : undefined;
      return { message: `${wanted}, not ${shown(value)}`, suggestion };
    }
    case 'too_small':
      return { message: tooSmall(issue, value) };
    case 'too_big':
      return issue.origin === 'string'
        ? { message: `must be at most ${issue.maximum} characters long` }
        : { message: `must be at most ${issue.maximum}, not ${shown(value)}` };
    case 'invalid_format':
      return {
        message: `${issue.message}, not ${shown(value)}`,
        suggestion: last === 'name' && path.length === 1 ? slugOf(String(value)) || undefined : undefined,
      };
    default:
      return { message: issue.message };
  }
};

/** `name:lab` is one word to YAML; the space behind the colon makes it a key and a value. */
const spaced = (expected: unknown, value: string): string | undefined => {
  const [, key, rest] = /^(\w+):(\S+)$/.exec(value) ?? [];
  return expected instanceof z.ZodObject &&
    key !== undefined &&
    rest !== undefined &&
    Object.hasOwn(expected.shape, key)
    ? `${key}: ${rest}`
    : undefined;
};

const tooSmall = (issue: Extract<Issue, { code: 'too_small' }>, value: unknown): string => {
  if (issue.origin === 'array') return 'must name at least one';
  if (issue.origin === 'string') return 'must not be empty';
  return `must be at least ${issue.minimum}, not ${shown(value)}`;
};
