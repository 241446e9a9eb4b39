import type { RunVerb } from './context.js';

/** What may stand for an argument or an option's value; shell completion offers it. */
export type Completes = 'machine' | 'scenario' | 'lab' | 'folder' | 'nothing' | readonly string[];

export interface VerbArgument {
  /** `name` is required, `[name]` is not, `[name...]` may be several. */
  readonly name: string;
  readonly summary: string;
  readonly completes: Completes;
}

export interface VerbOption {
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given several times. */
  readonly several?: boolean;
  readonly completes?: Completes;
}

export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly group: 'Make a lab' | 'Run it' | 'Look inside' | 'Verify it' | 'Around it';
  readonly summary: string;
  readonly arguments?: readonly VerbArgument[];
  readonly options?: readonly VerbOption[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** What is to be done after it was ended at once, with the second Ctrl-C. */
  readonly afterwards?: string;
  readonly load: () => Promise<RunVerb>;
}
