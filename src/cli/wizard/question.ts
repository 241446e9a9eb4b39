import type { CatalogueLab } from '../../host/catalogue.js';
import type { Lab } from '../../model/lab.js';
import type { Problem } from '../../model/problem.js';
import { sentence } from '../../model/sentence.js';
import { draftOf } from '../make-lab.js';
import type { Prompts } from '../prompts.js';

/** Everything answered so far. Settings are those of lab.yaml, by path. */
export interface Answers {
  readonly base: CatalogueLab;
  readonly folder: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** What the questions may know besides the answers. */
export interface Asking {
  readonly prompts: Prompts;
  readonly cwd: string;
  /** Why a provider was chosen, for people. */
  readonly detection: string;
  say(text: string): void;
}

export interface Question {
  readonly name: string;
  /** Whether it means anything to this lab; always when left out. */
  readonly applies?: (lab: Lab) => boolean;
  /** The answer as the summary shows it. */
  readonly shown: (lab: Lab, answers: Answers) => string;
  readonly ask: (answers: Answers, lab: Lab, asking: Asking) => Promise<Answers>;
}

export const settingsOf = (settings: ReadonlyMap<string, string>): string[] =>
  [...settings].map(([path, value]) => `${path}=${value}`);

export const withSetting = (answers: Answers, path: string, value: string): Answers => ({
  ...answers,
  settings: new Map([...answers.settings, [path, value]]),
});

/** What is wrong with the lab that these answers make, by the rules of lab.yaml. */
export const objection = ({ base, settings }: Answers): string | undefined => {
  const draft = draftOf(base, settingsOf(settings));
  return draft.ok ? undefined : inOneLine(draft.problems);
};

const inOneLine = ([first]: readonly Problem[]): string => {
  const { message = 'This is not possible', suggestion, hint } = first ?? {};
  return [
    sentence(message),
    ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
    ...(hint === undefined ? [] : [hint]),
  ].join(' ');
};
