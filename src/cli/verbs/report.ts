import { basename, dirname, join, relative, resolve } from 'node:path';
import { historyName, latestRun, readRecord } from '../../campaign/records.js';
import { judgeRecord } from '../../check/record.js';
import { exists, namesIn, writeFileAtomic } from '../../host/files.js';
import { didYouMean, oneOf } from '../../lab/did-you-mean.js';
import { InputError } from '../../model/errors.js';
import type { VerificationRecord } from '../../model/history.js';
import { topologySvg } from '../../render/topology.js';
import { startOf } from '../../report/runs.js';
import { type Context, flag, optionalArgument, type RunVerb, textOption } from '../context.js';
import { labFolderOf, nearestLab } from '../lab-folder-of.js';
import { reportText } from '../report-text.js';

/** Judges a verification again by its history alone, and tells it in any form. Its exit code says nothing of the verdict. */
export const report: RunVerb = async (context, words) => {
  const folder = await runFolder(context, optionalArgument(words, 'run'));
  const record = await readRecord(folder);
  if (!record.some(({ type }) => type === 'verification-ended')) {
    context.say('This history was cut off: what was still to come is not known.');
  }
  if (flag(words, 'all')) await writeAll(context, folder, record);
  else context.out(await textOf(context, record, textOption(words, 'format') ?? 'table'));
  return undefined;
};

/** The charts' library takes its time to load: only where a page is asked for. */
const textOf = async (context: Context, record: VerificationRecord, format: string): Promise<string> => {
  const verdict = judgeRecord(record);
  if (format !== 'html') return reportText({ verdict, record }, context, format);
  const { htmlReport } = await import('../../report/html.js');
  return htmlReport(verdict, record, { topologySvg: topologyOf(record) });
};

const topologyOf = (record: VerificationRecord): string | undefined => {
  const start = startOf(record);
  return start === undefined ? undefined : topologySvg(start.plan);
};

const writeAll = async (context: Context, folder: string, record: VerificationRecord): Promise<void> => {
  const { reportFiles } = await import('../../report/report-files.js');
  const beside = folder.endsWith('.jsonl') ? dirname(folder) : folder;
  for (const [name, text] of reportFiles(judgeRecord(record), record, topologyOf(record))) {
    const path = join(beside, name);
    await writeFileAtomic(path, text);
    context.out(`${relative(context.cwd, path) || path}\n`);
  }
};

/** A folder with a history, a history, or the name of one of the lab's runs; the latest when left out. */
const runFolder = async (context: Context, run: string | undefined): Promise<string> => {
  if (run === undefined) return latestRun(await labFolderOf(context));
  const path = resolve(context.cwd, run);
  if (path.endsWith('.jsonl') && (await exists(path))) return path;
  if (await exists(join(path, historyName))) return path;
  const lab = await nearestLab(context);
  const reports = join(lab ?? context.cwd, 'reports');
  if (run === basename(run) && (await exists(join(reports, run, historyName)))) return join(reports, run);
  throw noSuchRun(run, lab === undefined ? [] : await namesIn(reports));
};

const mostNamed = 6;

const noSuchRun = (run: string, names: readonly string[]): InputError => {
  const near = didYouMean(run, names);
  const latest = names.slice(-mostNamed);
  const there =
    names.length > mostNamed ? `The latest are ${oneOf(latest, 'and')}.` : `There is ${oneOf(latest, 'and')}.`;
  const known = names.length === 0 ? `A run is a folder that holds a ${historyName}.` : there;
  return new InputError(`There is no run ${run}.`, { hint: near === undefined ? known : `Did you mean ${near}?` });
};
