import { basename, join, resolve } from 'node:path';
import { historyName, latestRun } from '../campaign/records.js';
import { exists, namesIn } from '../host/files.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { InputError } from '../model/errors.js';
import type { Context } from './context.js';
import { labFolderOf, nearestLab } from './lab-folder-of.js';

/** A folder with a history, a history, or the name of one of the lab's runs; the latest when left out. */
export const runFolder = async (context: Context, run: string | undefined): Promise<string> => {
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
