import { MachineError, QuintetError, reasonOf } from '../model/errors.js';

/** What went wrong with one machine, and the end of its words. */
export interface Failure {
  readonly machine: string;
  readonly step: string;
  readonly error: unknown;
  readonly log: string;
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** All failures of a run as one error: none is hidden, and a bug stays a bug. */
export const failureOf = (failures: readonly Failure[], machineCount: number): unknown => {
  const bugs = failures.filter(({ error }) => !(error instanceof QuintetError));
  if (bugs.length > 1)
    return new AggregateError(
      bugs.map(({ error }) => error),
      summary(bugs, machineCount),
    );
  if (bugs[0]) return bugs[0].error;
  const [first] = failures;
  if (first === undefined) return undefined;
  const messages = new Set(failures.map(({ error }) => (error as Error).message));
  if (messages.size === 1 && !(first.error instanceof MachineError)) return first.error;
  return failures.length === 1 ? single(first) : several(failures, machineCount);
};

const single = ({ machine, error, log }: Failure): MachineError => {
  const { message, hint, cause } = error as QuintetError;
  return new MachineError(machine, message, { ...hinted(hint), cause, log: logOf(error, log) });
};

const several = (failures: readonly Failure[], machineCount: number): MachineError =>
  new MachineError(failures.map(({ machine }) => machine).join(', '), summary(failures, machineCount), {
    ...hinted(failures.map(({ error }) => (error as QuintetError).hint).find((hint) => hint !== undefined)),
    cause: new AggregateError(failures.map(({ error }) => error)),
    log: logsOf(failures),
  });

/** The end of each log under its machine's name, about twenty lines in all. */
const logsOf = (failures: readonly Failure[]): string => {
  const share = Math.max(3, Math.floor(20 / failures.length) - 1);
  return failures
    .map(({ machine, error, log }) => [machine, logOf(error, log).split('\n').slice(-share).join('\n')] as const)
    .filter(([, log]) => log !== '')
    .map(([machine, log]) => `--- ${machine}\n${log}`)
    .join('\n');
};

const summary = (failures: readonly Failure[], machineCount: number): string =>
  [
    `${failures.length} of ${machineCount} machines failed:`,
    ...failures.map(({ machine, step, error }) => `  ${machine} (${step}): ${reasonOf(error, machine)}`),
  ].join('\n');

const logOf = (error: unknown, log: string): string => (error instanceof MachineError && error.log) || log;

const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint });
