import * as z from 'zod';
import { own } from '../model/own.js';
import type { Path } from '../model/problem.js';
import { didYouMean } from './did-you-mean.js';

/** What the user probably meant, in the kind of value that belongs there; undefined when nothing is likely. */
export const converted = (expected: unknown, path: Path, value: unknown): string | undefined => {
  if (expected instanceof z.ZodNumber) return asNumber(expected, String(path.at(-1)), value);
  if (expected instanceof z.ZodBoolean) return asBoolean(value);
  if (expected instanceof z.ZodArray) return asList(expected, value);
  if (typeof value === 'number' || typeof value === 'boolean') return asText(expected, value);
  return typeof value === 'string' ? asAddress(expected, value) : undefined;
};

const perMb: Readonly<Record<string, number>> = { m: 1, g: 1024, t: 1024 * 1024 };
const perMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `"1024"` → 1024; `2 GiB` → 2048 where mebibytes are counted; `0.3 s` → 300 where milliseconds are. */
const asNumber = (expected: z.ZodNumber, key: string, value: unknown): string | undefined => {
  // A port as Docker maps them: the first is this side's.
  const [, mapped] = /^(\d+):\d+$/.exec(String(value)) ?? [];
  if (mapped !== undefined) return expected.safeParse(Number(mapped)).success ? mapped : undefined;
  const written = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value));
  if (written === null) return undefined;
  const unit = (written[2] ?? '').toLowerCase();
  const factor = factorOf(key, unit);
  const number = Math.round(Number(written[1]) * (factor ?? 0));
  const step = key === 'advertMs' ? 10 : 1;
  const rounded = Math.round(number / step) * step;
  return factor !== undefined && expected.safeParse(rounded).success && rounded !== value ? String(rounded) : undefined;
};

const factorOf = (key: string, unit: string): number | undefined => {
  if (unit === '') return 1;
  if (key.endsWith('Mb')) return own(perMb, unit.replace(/i?b$/, ''));
  if (key.endsWith('Ms')) return own(perMs, unit);
  return key.endsWith('S') && unit === 's' ? 1 : undefined;
};

const asBoolean = (value: unknown): string | undefined => {
  const word = String(value).toLowerCase();
  if (['yes', 'on', 'y', '1', 'true'].includes(word)) return 'true';
  return ['no', 'off', 'n', '0', 'false'].includes(word) ? 'false' : undefined;
};

/** A list written as one text, its words corrected where the list takes only certain ones. */
const asList = (expected: z.ZodArray, value: unknown): string | undefined => {
  if (typeof value !== 'string' || !/^[\w-]+(?:[\s,]+[\w-]+)*$/.test(value)) return undefined;
  const { element } = expected;
  const options = element instanceof z.ZodEnum ? element.options.map(String) : [];
  return `[${value
    .split(/[\s,]+/)
    .map((word) => didYouMean(word, options) ?? word)
    .join(', ')}]`;
};

/** Text in quotes where any text will do, a number with a unit where a duration is wanted. */
const asText = (expected: unknown, value: number | boolean): string | undefined => {
  if (!(expected instanceof z.ZodString)) return undefined;
  if (expected.safeParse(String(value)).success) return JSON.stringify(String(value));
  return expected.safeParse(`${value} ms`).success ? `${value} ms` : undefined;
};

/** An address without its prefix, a network with one, a name in small letters. */
const asAddress = (expected: unknown, value: string): string | undefined => {
  const fitting = (candidate: string | undefined, schema: z.ZodType) =>
    candidate !== value && schema.safeParse(candidate).success ? candidate : undefined;
  if (expected instanceof z.ZodIPv4) return fitting(value.split('/')[0], expected);
  if (expected instanceof z.ZodCIDRv4)
    return value.includes(':') ? '192.168.56.0/24' : fitting(`${value}/24`, expected);
  return expected instanceof z.ZodString ? fitting(value.trim().toLowerCase(), expected) : undefined;
};
