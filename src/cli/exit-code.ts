import {
  ComputerError,
  InputError,
  InterruptedError,
  MachineError,
  type QuintetError,
  UnknownError,
} from '../model/errors.js';
import type { Outcome } from '../model/verdict.js';

/** What the exit codes mean; `quintet --help` shows this table. */
export const exitCodes = {
  passed: 0,
  failed: 1,
  input: 2,
  computer: 3,
  unknown: 4,
  bug: 70,
  interrupted: 130,
} as const;

const byError: readonly (readonly [new (...args: never[]) => QuintetError, number])[] = [
  [InputError, exitCodes.input],
  [ComputerError, exitCodes.computer],
  [MachineError, exitCodes.computer],
  [UnknownError, exitCodes.unknown],
  [InterruptedError, exitCodes.interrupted],
];

/** The exit code of whatever was thrown. Of several errors the one that says the most about the computer counts. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof AggregateError && error.errors.length > 0) return Math.max(...error.errors.map(exitCodeOf));
  return byError.find(([type]) => error instanceof type)?.[1] ?? exitCodes.bug;
};

/** A verification in which nothing could be run is no pass. */
export const exitCodeOfOutcome = (outcome: Outcome): number =>
  ({
    pass: exitCodes.passed,
    fail: exitCodes.failed,
    unknown: exitCodes.unknown,
    skipped: exitCodes.unknown,
  })[outcome];
