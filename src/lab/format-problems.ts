import stringWidth from 'fast-string-width';
import type { Problem } from '../model/problem.js';
import { wrapped } from '../model/wrapped.js';

/** The parts of a report that may be styled. */
export type ProblemStyle = 'place' | 'error' | 'warning' | 'message' | 'gutter' | 'suggestion' | 'hint';

export interface ProblemFormat {
  /** Puts a style on a piece of text; leaves it as it is when left out. */
  readonly color?: (style: ProblemStyle, text: string) => string;
  /** Columns of the terminal; 80 when left out. */
  readonly width?: number;
  /** How many problems are shown in full; 20 when left out. */
  readonly most?: number;
}

const tab = '    ';

/** Nothing of a file may drive the terminal: control characters are shown by their pictures. */
const visible = (text: string): string =>
  text
    .replaceAll('\t', tab)
    .replaceAll(/\p{Cc}/gu, (char) => (char < ' ' ? String.fromCharCode(char.charCodeAt(0) + 0x2400) : '\ufffd'))
    .replaceAll(/\p{Cf}/gu, '\ufffd');

/** Every problem as a compiler would show it: where, what, the line with a caret below, and what to do. */
export const formatProblems = (
  problems: readonly Problem[],
  text: string,
  { color = (_, words) => words, width = 80, most = 20 }: ProblemFormat = {},
): string => {
  const lines = text.split(/\r?\n|\r/);
  const shown = problems.slice(0, most).map((problem) => block(problem, lines[problem.line - 1] ?? '', color, width));
  const rest = problems.length - most;
  const more = rest > 0 ? [`… and ${rest} more ${rest === 1 ? 'problem' : 'problems'}`] : [];
  return [...shown, ...more].join('\n\n');
};

const block = (problem: Problem, line: string, color: Required<ProblemFormat>['color'], width: number): string => {
  const { file, column, severity, message, suggestion, hint } = problem;
  const margin = String(problem.line).length + 5;
  const place = color('place', `${visible(file)}:${problem.line}:${column}`);
  const aside = (style: ProblemStyle, label: string, words: string) =>
    wrapped(`${label}${visible(words)}`, Math.max(20, width - margin), '  ', stringWidth).map(
      (row) => `${' '.repeat(margin)}${color(style, row)}`,
    );
  return [
    ...wrapped(
      `${place} ${color(severity, severity)}: ${color('message', visible(message))}`,
      width,
      '  ',
      stringWidth,
    ),
    ...frame(problem, line, color, Math.max(20, width - margin)),
    ...(suggestion === undefined ? [] : aside('suggestion', 'did you mean ', `${suggestion}?`)),
    ...(hint === undefined ? [] : aside('hint', 'hint: ', hint)),
  ].join('\n');
};

const frame = (problem: Problem, line: string, color: Required<ProblemFormat>['color'], room: number): string[] => {
  if (line.trim() === '') return [];
  const number = String(problem.line);
  const gutter = (words: string) => color('gutter', `  ${words} |`);
  const { before, meant, after } = cut(problem, line, room);
  const carets = '^'.repeat(Math.max(1, stringWidth(meant)));
  return [
    `${gutter(number)} ${before}${meant}${after}`,
    `${gutter(' '.repeat(number.length))} ${' '.repeat(stringWidth(before))}${color(problem.severity, carets)}`,
  ];
};

/** The line in three parts, shortened on either side so that what is meant stays in view. */
const cut = ({ column, length }: Problem, line: string, room: number) => {
  const from = Math.min(column - 1, line.length);
  // A line may be as long as the file: what is far away can't come into view.
  const far = 4 * room;
  const meant = firstColumns(visible(line.slice(from, Math.min(from + length, from + far))), room);
  const left = room - stringWidth(meant);
  const start = visible(line.slice(Math.max(0, from - far), from));
  const end = visible(line.slice(from + length, from + length + far));
  const before = lastColumns(start, Math.max(Math.floor(left / 2), left - stringWidth(end)));
  return { before, meant, after: firstColumns(end, left - stringWidth(before)) };
};

const firstColumns = (text: string, room: number): string => {
  if (stringWidth(text) <= room) return text;
  let kept = '';
  for (const char of text) {
    if (stringWidth(kept + char) > room - 1) break;
    kept += char;
  }
  return room < 1 ? '' : `${kept}…`;
};

const lastColumns = (text: string, room: number): string => {
  if (stringWidth(text) <= room) return text;
  let kept = '';
  for (const char of [...text].reverse()) {
    if (stringWidth(char + kept) > room - 1) break;
    kept = char + kept;
  }
  return room < 1 ? '' : `…${kept}`;
};
