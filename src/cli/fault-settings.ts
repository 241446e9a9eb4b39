import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { InputError } from '../model/errors.js';
import {
  type FaultKind,
  type FaultOption,
  type FaultSettings,
  faultKindRow,
  faultKinds,
  faultOptions,
  scenarioSchema,
} from '../model/scenario.js';
import { textOption, type Words } from './context.js';

const flags: Readonly<Record<FaultOption, string>> = {
  service: '--service <name>',
  direction: '--direction <which>',
  percent: '--percent <number>',
  bySeconds: '--by-seconds <number>',
  path: '--path <path>',
};

const bare = (option: FaultOption): string => flags[option].split(' ')[0] ?? '';

/** What has to be given with a kind of fault, and in brackets what may be. */
export const faultFlags = (kind: FaultKind): string => {
  const { required = [], optional = [] } = faultKindRow(kind);
  return [...required.map((option) => flags[option]), ...optional.map((option) => `[${flags[option]}]`)].join(' ');
};

/** What a command line asks for; whatever is missing, too much or no value at all is an InputError. */
export const faultSettings = (kind: string, words: Words): FaultSettings => {
  const fault = kindOf(kind);
  const given = faultOptions.filter((option) => textOption(words, option) !== undefined);
  const { required = [], optional = [] } = faultKindRow(fault);
  const missing = required.filter((option) => !given.includes(option));
  if (missing.length > 0) {
    throw new InputError(`${fault} needs ${missing.map(bare).join(' and ')}.`, {
      hint: `quintet fault MACHINE ${fault} ${faultFlags(fault)}`,
    });
  }
  const needless = given.filter((option) => ![...required, ...optional].includes(option));
  if (needless.length > 0) {
    throw new InputError(`${fault} takes no ${needless.map(bare).join(' and no ')}.`, { hint: listHint });
  }
  return Object.assign({ fault }, ...given.map((option) => ({ [option]: settingOf(option, words) })));
};

const listHint = 'quintet fault --list shows what each fault takes.';

const kindOf = (kind: string): FaultKind => {
  const found = faultKinds.find((each) => each === kind);
  if (found) return found;
  const near = didYouMean(kind, faultKinds);
  throw new InputError(`There is no fault called ${kind}.`, {
    hint: near === undefined ? `Faults are ${oneOf(faultKinds, 'and')}.` : `Did you mean ${near}?`,
  });
};

const numbers: readonly FaultOption[] = ['percent', 'bySeconds'];

/** Held to the same rules as in a scenario. */
const settingOf = (option: FaultOption, words: Words): unknown => {
  const text = textOption(words, option) ?? '';
  const isNumber = numbers.includes(option);
  const checked = scenarioSchema.shape.faults.element.shape[option].safeParse(
    isNumber && /^-?\d+$/.test(text) ? Number(text) : text,
  );
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const what = isNumber && issue?.code === 'invalid_type' ? 'must be a whole number' : issue?.message;
  throw new InputError(`${bare(option)} ${text}: ${what}.`, { hint: listHint });
};
