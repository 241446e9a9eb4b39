import { randomInt } from 'node:crypto';
import { commandLine } from '../../host/command.js';
import { InputError } from '../../model/errors.js';
import { argumentList, type Context, flag, type RunVerb, textOption, type Words } from '../context.js';
import { countOption, durationOption } from '../number-options.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { tableOf } from '../table-of.js';
import { chosenScenarios, type VerifyChoice, verifyLab } from '../verify-lab.js';
import { whenQuieter } from '../when-quieter.js';

export const verify: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const names = argumentList(words, 'scenario');
  const format = textOption(words, 'format') ?? 'table';
  if (flag(words, 'list')) return list(context, opened, names, format);
  const choice = choiceOf(words, names);
  await whenQuieter(context);
  return verifyLab(context, opened, { scenarios: names, format, choice });
};

const list = async (context: Context, opened: OpenedLab, names: readonly string[], format: string) => {
  const scenarios = await chosenScenarios(opened, names);
  const rows = scenarios.map(({ id, title, why }) => ({ id, title, why }));
  const table = () =>
    tableOf(
      ['scenario', 'what happens'],
      rows.map(({ id, title }) => [id, title]),
    );
  context.out(format === 'json' ? JSON.stringify(rows, null, 2) : table());
  return undefined;
};

const minute = 60_000;

/** The seed is a whole number of 32 bits; one is chosen, and told, when none is given. */
const choiceOf = (words: Words, names: readonly string[]): VerifyChoice => {
  const forMs = durationOption(words, 'for');
  const seed = countOption(words, 'seed', 0, 2 ** 32 - 1);
  const isRandom = flag(words, 'random');
  if (!isRandom && (forMs !== undefined || seed !== undefined)) {
    throw new InputError('--for and --seed say how long and which faults chance chooses.', { hint: 'Add --random.' });
  }
  const random = isRandom ? { forMs: forMs ?? minute, seed: seed ?? randomInt(2 ** 32) } : undefined;
  const choice: VerifyChoice = {
    checksOnly: flag(words, 'checksOnly'),
    onlyFailed: textOption(words, 'only') === 'failed',
    repeat: countOption(words, 'repeat', 1, 1000),
    random,
    replay: textOption(words, 'replay'),
    retryTimeoutMs: durationOption(words, 'retryTimeout'),
    timeoutMs: durationOption(words, 'timeout'),
  };
  if (choice.replay !== undefined && (random !== undefined || choice.onlyFailed || names.length > 0)) {
    throw new InputError('--replay plays the scenarios of that run, and no others.', {
      hint: 'Leave the names of scenarios, --only and --random out.',
    });
  }
  if (choice.checksOnly && (random !== undefined || choice.replay !== undefined || names.length > 0)) {
    throw new InputError('--checks-only plays no scenarios.', {
      hint: 'Leave it out, or the names of scenarios, --random and --replay.',
    });
  }
  return { ...choice, command: commandAgain(words, names, random?.seed) };
};

/** What a person types to do the same again. */
const commandAgain = (words: Words, names: readonly string[], seed: number | undefined): string => {
  const valued = ['only', 'repeat', 'for', 'replay'] as const;
  const options = valued.flatMap((name) => {
    const value = textOption(words, name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const flags = [
    ...(flag(words, 'checksOnly') ? ['--checks-only'] : []),
    ...(seed === undefined ? [] : ['--random', '--seed', String(seed)]),
  ];
  return commandLine(['quintet', 'verify', ...names, ...flags, ...options]);
};
