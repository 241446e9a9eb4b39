export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  /** What it means, in a line, shown while it is pointed at. */
  readonly description?: string;
  /** What stands beside the question once it was chosen; the name when left out. */
  readonly short?: string;
  /** Why it can't be chosen: shown beside it. */
  readonly disabled?: string | undefined;
}

interface Asked {
  readonly message: string;
  /** What stands before the answer afterwards; the message when left out. */
  readonly kept?: string;
  /** Whether Esc leads back from here: it throws a WentBack then. */
  readonly back?: boolean;
}

/** How a person is asked. Passed in, so that tests answer without a terminal. Ctrl-C throws an InterruptedError. */
export interface Prompts {
  select<T extends string>(
    question: Asked & { readonly choices: readonly Choice<T>[]; readonly default?: T },
  ): Promise<T>;
  input(
    question: Asked & {
      readonly default?: string;
      /** `undefined` when the answer is good, else what is wrong with it. */
      readonly validate?: (answer: string) => Promise<string | undefined>;
    },
  ): Promise<string>;
  confirm(question: Asked & { readonly default: boolean }): Promise<boolean>;
}

/** Whoever was asked wants to go back to what came before. */
export class WentBack extends Error {}
