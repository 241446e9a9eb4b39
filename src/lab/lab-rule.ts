import type { Lab } from '../model/lab.js';
import type { Rule, Wrote } from './check-text.js';

/** What this computer has, for the rules that ask whether the lab fits on it. */
export interface ComputerFacts {
  readonly memoryMb: number;
  readonly cores: number;
}

export interface LabSubject {
  readonly lab: Lab;
  /** Whether the user wrote something at a path, or it is a default. */
  readonly wrote: Wrote;
  readonly facts: ComputerFacts | undefined;
}

export type LabRule = Rule<LabSubject>;
