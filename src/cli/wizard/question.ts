import type { CatalogueLab } from '../../host/catalogue.js';
import type { Lab } from '../../model/lab.js';
import type { Problem } from '../../model/problem.js';
import { sentence } from '../../model/sentence.js';
import type { ProviderFacts } from '../detect-provider.js';
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
  readonly facts: ProviderFacts;
}

export interface Question {
  readonly name: string;
  /** Where in lab.yaml its answer stands; absent for what is no part of it. */
  readonly path?: string;
  /** Whether it means anything to this lab; always when left out. */
  readonly applies?: (lab: Lab) => boolean;
  /** The answer as the summary shows it. */
  readonly shown: (lab: Lab, answers: Answers) => string;
  /** Throws a WentBack where whoever is asked would rather not answer. */
  readonly ask: (answers: Answers, lab: Lab, asking: Asking) => Promise<Answers>;
}

export const settingsOf = (settings: ReadonlyMap<string, string>): string[] =>
  [...settings].map(([path, value]) => `${path}=${value}`);

export const withSetting = (answers: Answers, path: string, value: string): Answers => ({
  ...answers,
  settings: new Map([...answers.settings, [path, value]]),
});

const problemOf = ({ base, settings }: Answers): Problem | undefined => {
  const draft = draftOf(base, settingsOf(settings));
  return draft.ok ? undefined : (draft.problems[0] ?? { ...nowhere, message: 'this is not possible' });
};

const nowhere = { file: 'lab.yaml', line: 1, column: 1, length: 1, severity: 'error' } as const;

/** What is wrong with the lab that these answers make, by the rules of lab.yaml, and what to do about it. */
export const objection = (answers: Answers): string | undefined => {
  const problem = problemOf(answers);
  if (problem === undefined) return undefined;
  const { message, suggestion, hint } = problem;
  const parts = [sentence(message), ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`])];
  return [...parts, ...(hint === undefined ? [] : [`${hint.charAt(0).toUpperCase()}${hint.slice(1)}`])].join(' ');
};

/** The same in a few words, as they stand beside a choice. */
export const reasonAgainst = (answers: Answers): string | undefined => problemOf(answers)?.message.split(': ')[0];
