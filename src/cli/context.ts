import type { Hear } from '../model/events.js';
import type { Prompts } from './prompts.js';

/** Everything that a verb may know of the world around it; tests bring their own. */
export interface Context {
  /** What runs: `up`, `verify`, …; `quintet` for the main job. */
  readonly verb: string;
  /** `--lab-dir`, when given. */
  readonly labDir?: string | undefined;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** `--trust`: whoever asks vouches for the lab. */
  readonly trust: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person is there who can be asked (false with --yes, in CI and without a terminal). */
  readonly interactive: boolean;
  /** Whether words on standard error may be repainted: a terminal and no CI. */
  readonly live: boolean;
  /** Whether standard error, and standard output, shall be coloured. */
  readonly color: boolean;
  readonly outColor: boolean;
  readonly columns: number;
  /** Fires at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Fires when what is written to standard output reaches nobody any more (`quintet logs lb1 --follow | head`). */
  readonly readerLeft: AbortSignal;
  /** For machines and pipes: standard output. Nothing that is said here or there can drive a terminal: see `visible`. */
  out(text: string): void;
  /** The bytes of another program, on the stream they came from; made visible where that is a terminal. */
  readonly raw: { readonly isTerminal: boolean; stdout(text: string): void; stderr(text: string): void };
  /** For people: standard error; nothing with --quiet. */
  say(text: string): void;
  /** Hears all that happens, beside whoever watches the progress. */
  readonly hear?: Hear | undefined;
  /** Asks a person; loaded at the first question. */
  prompts(): Promise<Prompts>;
  /** Gives the terminal, and so Ctrl-C, to another program while `action` runs. */
  handOver<T>(action: () => Promise<T>): Promise<T>;
}

/** The words and options of one command line, as the verb table names them. */
export interface Words {
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Runs a verb and returns the exit code; undefined when there is nothing special to say. */
export type RunVerb = (context: Context, words: Words) => Promise<number | undefined>;

/** An argument that is always there, because the verb table requires it. */
export const argument = (words: Words, name: string): string => {
  const value = words.arguments[name];
  if (typeof value !== 'string') throw new Error(`the verb table has no required argument ${name}`);
  return value;
};

export const optionalArgument = (words: Words, name: string): string | undefined => {
  const value = words.arguments[name];
  return typeof value === 'string' ? value : undefined;
};

export const argumentList = (words: Words, name: string): readonly string[] => {
  const value = words.arguments[name];
  return Array.isArray(value) ? value : [];
};

export const flag = (words: Words, name: string): boolean => words.options[name] === true;

export const textOption = (words: Words, name: string): string | undefined => {
  const value = words.options[name];
  return typeof value === 'string' ? value : undefined;
};

export const listOption = (words: Words, name: string): readonly string[] => {
  const value = words.options[name];
  return Array.isArray(value) ? value : [];
};
