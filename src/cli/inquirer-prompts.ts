import inquirer from 'inquirer';
import { InterruptedError } from '../model/errors.js';
import { wrappedLines } from '../model/wrapped.js';
import { paint } from './paint.js';
import { type Choice, type Prompts, WentBack } from './prompts.js';

type Question = Parameters<ReturnType<typeof inquirer.createPromptModule>>[0] & object;

/** Questions on a real terminal. They are words for people, so they go to standard error, as `shown` makes them. */
export const inquirerPrompts = (
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  { color, shown }: { readonly color: boolean; readonly shown: (text: string) => string },
): Prompts => {
  const { green, bold, cyan } = paint(color);
  const ask = async <T>(question: Record<string, unknown>, back = false): Promise<T> => {
    const leave = new AbortController();
    const onKey = (_: unknown, key: { readonly name?: string } | undefined) => {
      if (back && key?.name === 'escape') leave.abort();
    };
    // A question that was left is not to stay on the screen as if it waited.
    const prompt = inquirer.createPromptModule({ input, output, signal: leave.signal, clearPromptOnDone: true });
    input.on('keypress', onKey);
    try {
      const { answer } = await prompt([{ ...question, name: 'answer' }] as Question);
      return answer as T;
    } catch (error) {
      if (leave.signal.aborted) throw new WentBack();
      throw asInterrupted(error);
    } finally {
      input.off('keypress', onKey);
    }
  };
  const keep = (message: string, answer: string) =>
    output.write(`${wrappedLines(shown(`${green('✔')} ${bold(message)} ${cyan(answer)}`), output.columns || 80)}\n`);
  return {
    select: async ({ message, kept = message, choices, default: preset, back }) => {
      const value = await ask<string>(
        {
          type: 'select',
          message: shown(message),
          choices: choices.map((choice) => shownChoice(choice, shown)),
          pageSize: 12,
          loop: false,
          theme: { style: { keysHelpTip: () => helpTip(back) } },
          ...(preset === undefined ? {} : { default: preset }),
        },
        back,
      );
      const chosen = choices.find((choice) => choice.value === value);
      if (chosen === undefined) throw new Error(`${message} has no choice ${value}`);
      keep(kept, chosen.short ?? chosen.name);
      return chosen.value;
    },
    input: async ({ message, kept = message, default: preset, validate, back }) => {
      const check = async (answer: string) => {
        const wrong = await validate?.(answer);
        return wrong === undefined ? true : shown(wrong);
      };
      const answer = await ask<string>(
        {
          type: 'input',
          message: shown(message),
          validate: check,
          ...(preset === undefined ? {} : { default: preset }),
        },
        back,
      );
      keep(kept, answer);
      return answer;
    },
    confirm: async ({ message, kept = message, default: preset, back }) => {
      const isYes = await ask<boolean>({ type: 'confirm', message: shown(message), default: preset }, back);
      keep(kept, isYes ? 'Yes' : 'No');
      return isYes;
    },
  };
};

const helpTip = (back = false): string =>
  ['↑↓ choose', 'Enter takes', ...(back ? ['Esc goes back'] : []), 'Ctrl-C leaves'].join(' · ');

const shownChoice = <T extends string>(
  { value, name, description, disabled }: Choice<T>,
  shown: (text: string) => string,
) => ({
  value,
  name: shown(name),
  ...(description === undefined ? {} : { description: shown(description) }),
  ...(disabled === undefined ? {} : { disabled: shown(`(${disabled})`) }),
});

/** Ctrl-C (and a terminal that goes away) ends a question with an error of inquirer's own. */
const asInterrupted = (error: unknown): unknown => {
  const { name } = error as Error;
  return name === 'ExitPromptError' || name === 'AbortPromptError' ? new InterruptedError() : error;
};
