import { randomInt } from 'node:crypto';
import { unmet } from '../../campaign/play-scenario.js';
import { aboutMs } from '../../campaign/verify.js';
import { commandLine } from '../../host/command.js';
import { InputError } from '../../model/errors.js';
import { scheduled } from '../../plan/expectation.js';
import { argumentList, type Context, flag, type RunVerb, textOption, type Words } from '../context.js';
import { exitCodes } from '../exit-code.js';
import { countOption, durationOption, flagOf, sureOption } from '../number-options.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { tableOf } from '../table-of.js';
import {
  chosenScenarios,
  inTwoParts,
  sayWrong,
  type VerifyChoice,
  type VerifyWords,
  verifyLab,
} from '../verify-lab.js';
import { whenQuieter } from '../when-quieter.js';

export const verify: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const names = argumentList(words, 'scenario');
  const format = textOption(words, 'format') ?? 'table';
  const choice = choiceOf(words, names);
  if (flag(words, 'list')) return list(context, opened, { scenarios: names, format, choice });
  await whenQuieter(context);
  return verifyLab(context, opened, { scenarios: names, format, choice });
};

const list = async (context: Context, opened: OpenedLab, { scenarios: names, format, choice }: VerifyWords) => {
  const all = await chosenScenarios(context, opened, names);
  const { scenarios, wrong } = choice?.quick ? inTwoParts(all).first : all;
  sayWrong(context, wrong);
  const rows = scenarios.map((scenario) => {
    const { id, title, why, firstLook = false } = scenario;
    const skipped = unmet(scenario, opened.plan);
    return {
      id,
      title,
      why,
      firstLook,
      aboutS: Math.round(aboutMs(scheduled({ ...scenario, repeat: 1 }, opened.plan)) / 1000),
      ...(skipped && { skipped }),
    };
  });
  const table = () =>
    tableOf(
      ['scenario', 'takes', 'what happens'],
      rows.map(({ id, title, aboutS: s, skipped }) => [
        id,
        `${s} s`,
        skipped ? `${title} (left out here: ${skipped})` : title,
      ]),
      context,
    );
  context.out(format === 'json' ? JSON.stringify(rows, null, 2) : table());
  return wrong.length === 0 ? exitCodes.passed : exitCodes.input;
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
    quick: flag(words, 'quick'),
    onlyFailed: textOption(words, 'only') === 'failed',
    repeat: countOption(words, 'repeat', 1, 1000),
    untilSure: sureOption(words, 'untilSure'),
    random,
    replay: textOption(words, 'replay'),
    retryTimeoutMs: durationOption(words, 'retryTimeout'),
    timeoutMs: durationOption(words, 'timeout'),
  };
  refuseMixtures(words, names, choice);
  refuseUnsure(names, choice);
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

/** `--quick` and `--all` say what is played by themselves. */
const refuseMixtures = (words: Words, names: readonly string[], choice: VerifyChoice): void => {
  const { quick, checksOnly, onlyFailed, random, replay } = choice;
  const all = flag(words, 'all');
  const others = names.length > 0 || random !== undefined || replay !== undefined || checksOnly || onlyFailed;
  if (quick && (others || all)) {
    throw new InputError('--quick is the first look: the checks, and the scenarios that are marked for it.', {
      hint: 'Leave it out, or the names of scenarios, --all, --checks-only, --only, --random and --replay.',
    });
  }
  if (all && others) {
    throw new InputError('--all plays every scenario, and no others.', {
      hint: 'Leave it out, or the names of scenarios, --checks-only, --only, --random and --replay.',
    });
  }
};

/** How often follows from how sure; and all scenarios so often would take hours. */
const refuseUnsure = (names: readonly string[], { untilSure, repeat }: VerifyChoice): void => {
  if (untilSure === undefined) return;
  if (repeat !== undefined) {
    throw new InputError('--until-sure says itself how many times each scenario is played.', {
      hint: 'Leave it out, or --repeat.',
    });
  }
  if (names.length === 0) {
    throw new InputError('--until-sure takes the scenarios that are to be played so often.', {
      hint: 'Name them: quintet verify power-cut --until-sure 95/95. quintet verify --list tells what there is.',
    });
  }
};

/** What a person types to do the same again. */
const commandAgain = (words: Words, names: readonly string[], seed: number | undefined): string => {
  const valued = ['only', 'repeat', 'untilSure', 'for', 'replay'] as const;
  const options = valued.flatMap((name) => {
    const value = textOption(words, name);
    return value === undefined ? [] : [flagOf(name), value];
  });
  const flags = [
    ...(flag(words, 'checksOnly') ? ['--checks-only'] : []),
    ...(flag(words, 'quick') ? ['--quick'] : []),
    ...(flag(words, 'all') ? ['--all'] : []),
    ...(seed === undefined ? [] : ['--random', '--seed', String(seed)]),
  ];
  return commandLine(['quintet', 'verify', ...names, ...flags, ...options]);
};
