import { InterruptedError, MachineError, QuintetError } from '../model/errors.js';
import { wrappedLines } from '../model/wrapped.js';
import { paint } from './paint.js';

interface Show {
  /** Of the terminal, where it is one. */
  readonly columns?: number | undefined;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** An error as people read it: what and why, the end of the machine's log, what to do next. The stack only of a bug. */
export const showError = (error: unknown, show: Show): string => {
  const errors = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  return errors.map((each) => (each instanceof QuintetError ? expected(each, show) : bug(each, show))).join('\n');
};

const expected = (error: QuintetError, { verbose, color, columns }: Show): string => {
  const rows = (text: string) => (columns ? wrappedLines(text, columns) : text);
  const { red, yellow, cyan, dim } = paint(color);
  if (error instanceof InterruptedError) {
    return rows(`${yellow(error.message)}${error.hint ? `\n${cyan('→')} ${error.hint}` : ''}\n`);
  }
  const where = error instanceof MachineError && !error.message.includes(error.machine) ? `${error.machine}: ` : '';
  const [first, ...rest] = `${where}${error.message}`.split('\n');
  const lines = [
    rows(`${red('✖')} ${first}`),
    ...rest.map((line) => rows(line === '' ? '' : `  ${line}`)),
    ...(error instanceof MachineError ? logLines(error).map((line) => dim(line)) : []),
    ...(verbose ? causes(error).map((line) => dim(line)) : []),
    ...(error.hint === undefined
      ? []
      : error.hint.split('\n').map((line, at) => rows(`${at === 0 ? cyan('→') : ' '} ${line}`))),
  ];
  return `${lines.join('\n')}\n`;
};

const logLines = (error: MachineError): string[] => {
  const lines = error.log.trimEnd().split('\n').slice(-20);
  if (error.log.trim() === '') return [];
  return [`  The end of what ${error.machine} said:`, ...lines.map((line) => `  │ ${line}`)];
};

/** What an error came from, as far as it is known. */
const causes = (error: QuintetError): string[] => {
  const { cause } = error;
  if (cause === undefined) return [];
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause, null, 2);
  return ['  Cause:', ...text.split('\n').map((line) => `  │ ${line}`)];
};

const bug = (error: unknown, { color }: Show): string => {
  const { red, cyan } = paint(color);
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${red('✖')} This is a bug in Quintet, not something you did.`,
    ...words.split('\n').map((line) => `  ${line}`),
    `${cyan('→')} Please report it with the lines above and what you ran (quintet --version says which one this is).`,
    '',
  ].join('\n');
};
