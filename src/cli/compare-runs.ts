import { basename } from 'node:path';
import { folderOf, latestRun, type RunPlace, readRecord } from '../campaign/records.js';
import { judgeRecord } from '../check/record.js';
import { InputError } from '../model/errors.js';
import { comparisonOf, type Judged, jsonComparison } from '../report/comparison.js';
import type { Comparison } from '../report/comparison-schema.js';
import { comparisonTable } from '../report/comparison-table.js';
import type { Context } from './context.js';
import { labFolderOf } from './lab-folder-of.js';
import { tableOptions } from './report-text.js';
import { runFolder } from './run-folder.js';

type Write = (comparison: Comparison, context: Context) => Promise<string>;

const formats: Readonly<Record<string, Write>> = {
  table: async (comparison, context) => comparisonTable(comparison, tableOptions(context)),
  json: async (comparison) => jsonComparison(comparison),
  html: async (comparison) => (await import('../report/html/comparison.js')).htmlComparison(comparison),
};

/** Tells two runs side by side. One that is left out is the latest; both, the latest and the one before it. */
export const compareRuns = async (context: Context, runs: readonly string[], format: string): Promise<void> => {
  const write = formats[format];
  if (write === undefined) {
    throw new InputError(`${format.startsWith('-') ? format : `--format ${format}`} is for one run.`, {
      hint: 'A comparison comes as table, json or html: quintet report --compare A B --format html > compared.html',
    });
  }
  const [a, b] = await placesOf(context, runs);
  const comparison = comparisonOf(await judged(a), await judged(b));
  for (const { run, complete } of [comparison.a, comparison.b]) {
    if (!complete) context.say(`${run} was cut off: what was still to come is not known.`);
  }
  context.out(await write(comparison, context));
};

const placesOf = async (context: Context, [a, b, ...others]: readonly string[]): Promise<[RunPlace, RunPlace]> => {
  if (others.length > 0) throw new InputError('Two runs can be compared, not more.');
  const first = a === undefined ? await latestRun(await labFolderOf(context), 1) : await runFolder(context, a);
  const second = await runFolder(context, b);
  if (first.door.shown(first.history) !== second.door.shown(second.history)) return [first, second];
  const hint = b === undefined ? 'It is the latest one: name the other one after it.' : undefined;
  throw new InputError(`Both are the same run: ${folderOf(second)}`, { hint });
};

const judged = async (place: RunPlace): Promise<Judged> => {
  const record = await readRecord(place);
  return { name: basename(folderOf(place)), record, verdict: judgeRecord(record) };
};
