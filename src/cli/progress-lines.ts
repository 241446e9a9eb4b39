import type { ChalkInstance } from 'chalk';
import cliTruncate from 'cli-truncate';
import type { LabEvent } from '../model/events.js';
import type { Finding } from '../model/verdict.js';
import { wrappedLines } from '../model/wrapped.js';
import { type ProgressView, plainWords, type Row } from './progress-view.js';
import { doing, done, duration, elapsed, findingWords } from './progress-words.js';
import { counted, said } from './told.js';

export interface Symbols {
  readonly frames: readonly string[];
  readonly done: string;
  readonly failed: string;
  readonly waiting: string;
  readonly more: string;
}

export const unicodeSymbols: Symbols = {
  frames: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  done: '✔',
  failed: '✖',
  waiting: '·',
  more: '…',
};
export const asciiSymbols: Symbols = { frames: ['|', '/', '-', '\\'], done: '+', failed: 'x', waiting: '.', more: '~' };

export interface Look {
  readonly columns: number;
  readonly chalk: ChalkInstance;
  readonly symbols: Symbols;
}

const frameMs = 80;

/** The live lines: a line for each step of the whole lab under way, one for each machine, and the checks counted. */
export const progressLines = (view: ProgressView, nowMs: number, look: Look): string[] => {
  const machines = [...view.machines.values()];
  const nameWidth = Math.max(0, ...machines.map(({ name }) => name.length));
  return [
    ...[...view.shared.values()].map((row) => sharedLine(row, nowMs, look)),
    ...machines.map((row) => machineLine(row, nameWidth, nowMs, look)),
    ...countLine(view, look),
  ].map((line) => cut(line, look));
};

const cut = (line: string, { columns, symbols }: Pick<Look, 'columns' | 'symbols'>): string =>
  cliTruncate(line, Math.max(1, columns - 1), { truncationCharacter: symbols.more });

const sharedLine = (row: Row, nowMs: number, look: Look): string => {
  const time = row.status === 'running' ? elapsed(nowMs - row.sinceMs) : `broken off after ${duration(row.tookMs)}`;
  // The name gives way to the clock: by it one sees that something still happens.
  const name = cut(sentence(row.name), { ...look, columns: look.columns - time.length - 3 });
  return `${icon(row, nowMs, look)} ${name} ${look.chalk.dim(`${time}  ${row.words}`.trimEnd())}`;
};

/** Fixed columns, so that five lines can be read as a table: state, name, what it does, since when, its last words. */
const machineLine = (row: Row, nameWidth: number, nowMs: number, look: Look): string => {
  const { chalk } = look;
  const [what, time] = whatAndTime(row, nowMs);
  const words = row.status === 'failed' ? chalk.red(row.words) : chalk.dim(row.words);
  return `${icon(row, nowMs, look)} ${row.name.padEnd(nameWidth)}  ${what.padEnd(12)} ${chalk.dim(time.padStart(5))}  ${words}`.trimEnd();
};

const whatAndTime = (row: Row, nowMs: number): readonly [string, string] => {
  switch (row.status) {
    case 'waiting':
      return ['waiting', ''];
    case 'running':
      return [doing(row.step), elapsed(nowMs - row.sinceMs)];
    case 'done':
      return [done(row.step), duration(row.tookMs)];
    case 'failed':
      return ['failed', duration(row.tookMs)];
    case 'unchanged':
      return ['unchanged', ''];
    case 'interrupted':
      return ['interrupted', duration(row.tookMs)];
  }
};

const icon = ({ status }: Row, nowMs: number, { chalk, symbols }: Look): string => {
  const frame = symbols.frames[Math.floor(nowMs / frameMs) % symbols.frames.length] ?? '';
  const icons = {
    waiting: chalk.dim(symbols.waiting),
    running: chalk.cyan(frame),
    done: chalk.green(symbols.done),
    unchanged: chalk.green(symbols.done),
    failed: chalk.red(symbols.failed),
    interrupted: chalk.yellow(symbols.failed),
  };
  return icons[status];
};

const countLine = ({ outcomes }: ProgressView, { chalk }: Look): string[] => {
  const { pass, fail, unknown, skipped } = outcomes;
  const parts = [
    pass > 0 ? chalk.green(`${pass} passed`) : '',
    fail > 0 ? chalk.red(`${fail} failed`) : '',
    unknown > 0 ? chalk.yellow(`${unknown} unknown`) : '',
    skipped > 0 ? chalk.dim(`${skipped} skipped`) : '',
  ].filter(Boolean);
  return parts.length === 0 ? [] : [`  ${parts.join(', ')}`];
};

/** The line that stays above the live ones after an event, if any: steps of the whole lab, notes, what did not pass. */
export const lastingLine = (event: LabEvent, look: Look): string | undefined => {
  const { chalk, symbols } = look;
  const words = said(event);
  if (words !== undefined) return wrappedLines(plainWords(words), look.columns - 1);
  const finding = counted(event);
  if (finding !== undefined) return findingLine(finding, 'tookMs' in event ? event.tookMs : 0, look);
  if (event.type === 'step-done' && event.machine === undefined) {
    return cut(`${chalk.green(symbols.done)} ${sentence(event.step)} ${chalk.dim(duration(event.tookMs))}`, look);
  }
  if (event.type === 'step-failed' && event.machine === undefined) {
    return cut(`${chalk.red(symbols.failed)} ${sentence(event.step)} failed`, look);
  }
  return undefined;
};

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** One line for each scenario that was played, by its short name; of the checks for those that did not pass. */
const findingLine = (finding: Finding, tookMs: number, look: Look): string | undefined => {
  const { kind, outcome, title, id } = finding;
  const { chalk, symbols } = look;
  const words = plainWords(findingWords(finding));
  if (outcome === 'skipped') return undefined;
  if (outcome !== 'pass') {
    const colour = outcome === 'fail' ? chalk.red : chalk.yellow;
    return wrappedLines(`${colour(symbols.failed)} ${title}: ${words}`, look.columns - 1);
  }
  if (kind === 'check') return undefined;
  return cut(`${chalk.green(symbols.done)} ${id} ${chalk.dim(duration(tookMs))}  ${words}`, look);
};
