import type { Plan } from '../../model/plan.js';
import type { ComputerState } from './facts.js';

/** `bad`: a lab will not come up; `warn`: it may not; `good`: as it should be. */
export interface Finding {
  readonly outcome: 'good' | 'warn' | 'bad';
  /** What was looked at: `kvm`, `box`. */
  readonly what: string;
  readonly why: string;
  /** The command, or the deed, that mends it. */
  readonly mend?: string;
}

/** Looks at one thing; says nothing where there is nothing to say. */
export type Rule = (computer: ComputerState, plan: Plan) => readonly Finding[];

export const good = (what: string, why: string): Finding[] => [{ outcome: 'good', what, why }];
export const bad = (what: string, why: string, mend: string): Finding[] => [{ outcome: 'bad', what, why, mend }];
export const warn = (what: string, why: string, mend: string): Finding[] => [{ outcome: 'warn', what, why, mend }];

export const gigabytes = (megabytes: number): string => `${(megabytes / 1024).toFixed(1)} GiB`;
