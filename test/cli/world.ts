import { stripVTControlCharacters } from 'node:util';
import type { Context } from '../../src/cli/context.js';
import { type Prompts, WentBack } from '../../src/cli/prompts.js';
import type { StampedEvent } from '../../src/model/events.js';

/** A context without a terminal, whose words are kept. */
export interface World {
  readonly context: Context;
  /** What went to standard output, and what people were told. */
  readonly printed: string[];
  readonly told: string[];
  /** All that happened. */
  readonly happened: StampedEvent[];
}

export const world = (cwd: string, changes: Partial<Context> = {}): World => {
  const printed: string[] = [];
  const told: string[] = [];
  const happened: StampedEvent[] = [];
  const context: Context = {
    verb: 'test',
    yes: false,
    quiet: false,
    verbose: false,
    trust: false,
    cwd,
    env: { PATH: '' },
    interactive: false,
    live: false,
    color: false,
    outColor: false,
    columns: 80,
    signal: new AbortController().signal,
    readerLeft: new AbortController().signal,
    out: (text) => void printed.push(text),
    raw: { isTerminal: false, stdout: (text) => void printed.push(text), stderr: (text) => void told.push(text) },
    hear: (event) => void happened.push(event),
    say: (text) => void told.push(stripVTControlCharacters(text)),
    prompts: async () => {
      throw new Error('nobody is there to be asked');
    },
    handOver: (action) => action(),
    ...changes,
  };
  return { context, printed, told, happened };
};

/** An answer that is none: Esc. */
export const back = 'Esc';

/** Answers by the words of the question, in order; `undefined` takes the default. A question without an answer fails. */
export const scripted = (answers: readonly (readonly [question: RegExp, answer: string | undefined])[]) => {
  const left = [...answers];
  const asked: string[] = [];
  const offered: string[] = [];
  const next = ({ message, back: may }: { message: string; back?: boolean }): string | undefined => {
    asked.push(message);
    const [expected, answer] = left.shift() ?? [];
    if (!expected?.test(message)) throw new Error(`asked ${JSON.stringify(message)}, expected ${expected}`);
    if (answer === back && may) throw new WentBack();
    return answer;
  };
  const prompts: Prompts = {
    select: async (question) => {
      const { message, choices, default: preset } = question;
      offered.push(...choices.map(({ name, description = '', disabled }) => `${name}: ${disabled ?? description}`));
      const value = next(question) ?? preset;
      const found = choices.find((choice) => choice.value === value || choice.name.startsWith(String(value)));
      if (found?.disabled !== undefined) throw new Error(`${found.name} can't be chosen: ${found.disabled}`);
      if (!found) throw new Error(`${message} has no choice ${value}`);
      return found.value;
    },
    input: async (question) => {
      const { default: preset, validate } = question;
      for (;;) {
        const answer = next(question) ?? preset ?? '';
        const wrong = await validate?.(answer);
        if (wrong === undefined) return answer;
        asked.push(`refused: ${wrong}`);
      }
    },
    confirm: async (question) => {
      const answer = next(question);
      return answer === undefined ? question.default : answer === 'yes';
    },
  };
  return { prompts, asked, offered, left };
};
