export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  /** What it means, in a line, shown while it is pointed at. */
  readonly description?: string;
}

/** How a person is asked. Passed in, so that tests answer without a terminal. Ctrl-C throws an InterruptedError. */
export interface Prompts {
  select<T extends string>(question: {
    readonly message: string;
    readonly choices: readonly Choice<T>[];
    readonly default?: T;
  }): Promise<T>;
  input(question: {
    readonly message: string;
    readonly default?: string;
    /** `undefined` when the answer is good, else what is wrong with it. */
    readonly validate?: (answer: string) => Promise<string | undefined>;
  }): Promise<string>;
  confirm(question: { readonly message: string; readonly default: boolean }): Promise<boolean>;
}
