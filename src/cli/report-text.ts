import type { VerificationRecord } from '../model/history.js';
import type { Verdict } from '../model/verdict.js';
import { jsonReport } from '../report/json.js';
import { junitReport } from '../report/junit.js';
import { runFactsOf } from '../report/run-facts.js';
import { type TableOptions, tableReport } from '../report/table.js';
import { tapReport } from '../report/tap.js';
import type { Context } from './context.js';
import { paint } from './paint.js';

export interface Judged {
  readonly verdict: Verdict;
  readonly record: VerificationRecord;
}

type Write = (judged: Judged, context: Context) => string;

/** How a report looks on a terminal. */
export const tableOptions = ({ columns, outColor }: Context): TableOptions => {
  const chalk = paint(outColor);
  // chalk joins all its arguments; a tint takes one, also where it is given to map.
  const tint = (color: 'bold' | 'dim' | 'green' | 'red' | 'yellow') => (text: string) => chalk[color](text);
  const outcomes = { pass: tint('green'), fail: tint('red'), unknown: tint('yellow'), skipped: tint('dim') };
  return { width: columns, paint: { bold: tint('bold'), dim: tint('dim'), ...outcomes } };
};

const tableText: Write = ({ verdict, record }, context) =>
  tableReport(verdict, runFactsOf(record), tableOptions(context));

const formats: Readonly<Record<string, Write>> = {
  table: tableText,
  json: ({ verdict, record }) => jsonReport(verdict, runFactsOf(record)),
  junit: ({ verdict, record }) => junitReport(verdict, runFactsOf(record)),
  tap: ({ verdict }) => tapReport(verdict),
};

/** A report as `--format` names it. */
export const reportText = (judged: Judged, context: Context, format: string): string =>
  formats[format]?.(judged, context) ?? '';
