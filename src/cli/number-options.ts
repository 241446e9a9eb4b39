import { parse } from '@lukeed/ms';
import { InputError } from '../model/errors.js';
import { textOption, type Words } from './context.js';

/** How the option is written: retryTimeout is --retry-timeout. */
const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The milliseconds of an option such as `--for 10m`; undefined when it is not given. */
export const durationOption = (words: Words, name: string): number | undefined => {
  const text = textOption(words, name);
  if (text === undefined) return undefined;
  const durationMs = /^\d+(\.\d+)?\s*(ms|s|m|h)$/.test(text) ? parse(text) : undefined;
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  throw new InputError(`${flagOf(name)} takes a duration, and ${text} is none.`, {
    hint: 'Write a number and its unit: 500ms, 30s, 10m or 1h.',
  });
};

/** The whole number of an option; undefined when it is not given. */
export const countOption = (words: Words, name: string, least: number, most: number): number | undefined => {
  const text = textOption(words, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && count <= most) return count;
  throw new InputError(`${flagOf(name)} takes a whole number from ${least} to ${most}, and ${text} is none.`);
};
