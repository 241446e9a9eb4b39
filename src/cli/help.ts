import { wrapped } from '../model/wrapped.js';
import { exitCodes } from './exit-code.js';
import type { Verb } from './verb.js';

const examples: Verb['examples'] = [
  ['quintet', 'ask, build, bring up, verify'],
  ['quintet --yes', 'the same with the defaults, asking nothing'],
  ['quintet init my-lab', 'make a lab; then: cd my-lab && quintet up'],
  ['quintet VERB --help', "a verb's options and examples"],
];

const codes: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.passed, 'passed'],
  [exitCodes.failed, 'a check or scenario failed'],
  [exitCodes.input, 'your input is wrong'],
  [exitCodes.computer, 'this computer or a machine failed'],
  [exitCodes.unknown, 'unknown: Quintet could not find out'],
  [exitCodes.bug, 'a bug in Quintet'],
  [exitCodes.interrupted, 'interrupted'],
];

const wizard =
  'Without a verb, in a terminal: the wizard, which goes on to offer bringing the lab up and verifying it.';

/** What stands below `quintet --help`. */
export const programFooter = (columns: number): string =>
  [
    '',
    ...wrapped(wizard, columns, ''),
    examplesOf(examples, columns),
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
    '',
  ].join('\n');

/** The examples below a verb's own help: beside each other where there is room for that. */
export const examplesOf = (lines: Verb['examples'], columns: number): string => {
  const width = Math.max(...lines.map(([line]) => line.length)) + 5;
  const isBeside = width + 30 <= columns;
  const below = ([line, meaning]: (typeof lines)[number]): string[] => [
    `  ${line}`,
    ...wrapped(meaning, columns - 6, '').map((row) => `      ${row}`),
  ];
  const beside = ([line, meaning]: (typeof lines)[number]): string[] =>
    wrapped(meaning, columns - width, '').map((row, at) => (at === 0 ? `  ${line}` : '').padEnd(width) + row);
  return `\nExamples:\n${lines.flatMap(isBeside ? beside : below).join('\n')}\n`;
};
