/**
 * Errors by who must act. `message` says what happened and why; `hint` says what to do next; `cause` keeps the evidence
 * (for an outside command: the command line, exit code and last words). Anything thrown that is none of these is a bug.
 */
export abstract class QuintetError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The user's input (lab.yaml, an argument, an answer) must change. */
export class InputError extends QuintetError {}

/** This computer lacks or refuses something (a package, root, disk, network, a port). */
export class ComputerError extends QuintetError {}

/** One machine of the lab failed; `machine` is its name and `log` the end of its own words. */
export class MachineError extends QuintetError {
  readonly machine: string;
  readonly log: string;

  constructor(machine: string, message: string, options: { hint?: string; cause?: unknown; log?: string } = {}) {
    super(message, options);
    this.machine = machine;
    this.log = options.log ?? '';
  }
}

/** The first line of what went wrong with a machine, for where its name is said already. */
export const reasonOf = (error: unknown, machine: string): string => {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.startsWith(`${machine}: `) ? line.slice(machine.length + 2) : line;
};

/** Quintet could not find out: neither pass nor fail. */
export class UnknownError extends QuintetError {}

/** The user interrupted (Ctrl-C). */
export class InterruptedError extends QuintetError {
  constructor(message = 'Interrupted.', options: { hint?: string } = {}) {
    super(message, options);
  }
}
