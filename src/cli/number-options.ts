import { parse } from '@lukeed/ms';
import { InputError } from '../model/errors.js';
import type { UntilSure } from '../model/scenario.js';
import { textOption, type Words } from './context.js';

/** How the option is written: retryTimeout is --retry-timeout. */
export const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

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

/** What share of runs is to be sure, and how sure, from an option such as `--until-sure 95/95`; undefined when it is not given. */
export const sureOption = (words: Words, name: string): UntilSure | undefined => {
  const text = textOption(words, name);
  if (text === undefined) return undefined;
  const [, share, confidence] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(text) ?? [];
  if (share !== undefined) return { sharePercent: Number(share), confidencePercent: Number(confidence) };
  throw new InputError(`${flagOf(name)} takes two whole numbers from 1 to 99, and ${text} is none such.`, {
    hint: 'Write 95/95 for: 95 % of failovers hold, at 95 % confidence. That takes 59 runs; 90/95 takes 29.',
  });
};
