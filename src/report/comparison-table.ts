import { changeMarks, countWords, otherFigures, pairWords, whyWords, worthTelling } from './changes.js';
import type { Change, Compared, ComparedRun, Comparison } from './comparison-schema.js';
import { marks, outcomeWords } from './figures.js';
import { type Paint, reportWidth, ruled, type TableOptions } from './table.js';

const sideWidth = 3;
const markWidth = 6;
const outageWidth = 18;
const failedWidth = 14;

/** Two runs for people at a terminal: what was other about them, each scenario's outcome and figures, and what it comes to. */
export const comparisonTable = (comparison: Comparison, { width, paint }: TableOptions): string => {
  const columns = reportWidth(width);
  const parts = [
    ruled(
      [
        [paint.bold('A'), sideWords(comparison.a, paint)],
        [paint.bold('B'), sideWords(comparison.b, paint)],
      ],
      [sideWidth, columns - sideWidth],
    ),
    ...differences(comparison, columns, paint),
    ...scenarios(worthTelling(comparison, 'scenario'), columns, paint),
    ...checks(worthTelling(comparison, 'check'), columns, paint),
    ...wrapped(countWords(comparison), columns).map((line) => ` ${paint.bold(line)}`),
  ];
  return `${parts.join('\n').replaceAll(/ +$/gm, '')}\n`;
};

const sideWords = ({ run, outcome, title, provider, complete }: ComparedRun, paint: Paint): string => {
  const verdict = paint[outcome](`${marks[outcome]} ${outcomeWords[outcome]}`);
  return `${verdict}  ${title} ${paint.dim(`· ${provider} · ${run}${complete ? '' : ' · cut off'}`)}`;
};

const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
};

const heading = (name: string, figures: string, paint: Paint): string =>
  `${' '.repeat(markWidth + 1)}${paint.bold(name)}${paint.dim(figures)}`;

const differences = ({ differences: all }: Comparison, columns: number, paint: Paint): string[] => {
  if (all.length === 0) return [];
  const rows = all.map(({ what, a = 'none', b = 'none' }) => ['', `${what}: ${paint.dim(a)} → ${b}`]);
  return ['', heading('What was other about them', '', paint), ruled(rows, [markWidth, columns - markWidth])];
};

const tintOf = (change: Change, paint: Paint) =>
  ({
    worse: paint.fail,
    better: paint.pass,
    other: paint.unknown,
    'only-in-a': paint.dim,
    'only-in-b': paint.dim,
    same: (text: string) => text,
  })[change];

const words = (compared: Compared, paint: Paint): string =>
  [
    compared.title,
    ...whyWords(compared).map(tintOf(compared.change, paint)),
    ...[otherFigures(compared).join(', ')].filter((line) => line !== '').map((line) => paint.dim(line)),
  ].join('\n');

const scenarios = (all: readonly Compared[], columns: number, paint: Paint): string[] => {
  if (all.length === 0) return [];
  const wordsWidth = columns - markWidth - outageWidth - failedWidth;
  const rows = all.map((each) => [
    tintOf(each.change, paint)(changeMarks(each)),
    words(each, paint),
    pairWords(each, 'outage'),
    pairWords(each, 'failed'),
  ]);
  const names = `${'outage'.padStart(wordsWidth + outageWidth - 10)}${'failed'.padStart(failedWidth)}`;
  const widths = [markWidth, wordsWidth, outageWidth, failedWidth];
  return ['', heading('Scenarios', names, paint), ruled(rows, widths)];
};

const checks = (all: readonly Compared[], columns: number, paint: Paint): string[] => {
  if (all.length === 0) return [];
  const rows = all.map((each) => [tintOf(each.change, paint)(changeMarks(each)), words(each, paint)]);
  return ['', heading('Checks', '', paint), ruled(rows, [markWidth, columns - markWidth])];
};
