import inquirer from 'inquirer';
import { InterruptedError } from '../model/errors.js';
import type { Prompts } from './prompts.js';

/** Questions on a real terminal. They are words for people, so they go to standard error, as `shown` makes them. */
export const inquirerPrompts = (
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  shown: (text: string) => string,
): Prompts => {
  const ask = inquirer.createPromptModule({ input, output });
  return {
    select: async ({ message, choices, default: preset }) => {
      const question = {
        type: 'select' as const,
        name: 'answer' as const,
        message: shown(message),
        choices: choices.map(({ value, name, description }) => ({
          value,
          name: shown(name),
          ...(description === undefined ? {} : { description: shown(description) }),
        })),
        pageSize: 12,
        loop: false,
        ...(preset === undefined ? {} : { default: preset }),
      };
      return (await answered(ask([question]))).answer;
    },
    input: async ({ message, default: preset, validate }) => {
      const check = async (answer: string) => {
        const wrong = await validate?.(answer);
        return wrong === undefined ? true : shown(wrong);
      };
      const question = {
        type: 'input' as const,
        name: 'answer' as const,
        message: shown(message),
        validate: check,
        ...(preset === undefined ? {} : { default: preset }),
      };
      return (await answered(ask([question]))).answer;
    },
    confirm: async ({ message, default: preset }) =>
      (
        await answered(
          ask([{ type: 'confirm' as const, name: 'answer' as const, message: shown(message), default: preset }]),
        )
      ).answer,
  };
};

/** Ctrl-C (and a terminal that goes away) ends a question with an error of inquirer's own. */
const answered = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    const { name } = error as Error;
    if (name === 'ExitPromptError' || name === 'AbortPromptError') throw new InterruptedError();
    throw error;
  }
};
