import stringWidth from 'fast-string-width';
import { wrapped } from '../model/wrapped.js';
import type { Context } from './context.js';

/**
 * Rows in columns, as wide as their widest cell; no frame, so that `awk` and people can both read them. On a terminal what
 * has no room in the last column goes on below; for `awk` a row is a line.
 */
export const tableOf = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  on?: Pick<Context, 'raw' | 'columns'>,
): string => {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const room = on?.raw.isTerminal ? Math.max(20, on.columns - before) : Number.POSITIVE_INFINITY;
  const lines = (row: readonly string[]): string[] => {
    const cells = row.slice(0, -1).map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)));
    const [first = '', ...more] = wrapped(row.at(-1) ?? '', room, '', stringWidth);
    return [[...cells, first].join('  ').trimEnd(), ...more.map((words) => ' '.repeat(before) + words)];
  };
  return all.flatMap(lines).join('\n');
};
