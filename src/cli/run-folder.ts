import { basename, resolve } from 'node:path';
import { historyName, latestRun, type RunPlace, runAt } from '../campaign/records.js';
import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { InputError } from '../model/errors.js';
import type { Context } from './context.js';
import { labFolderOf, nearestLab } from './lab-folder-of.js';

/** A folder with a history, a history, or the name of one of the lab's runs; the latest when left out. */
export const runFolder = async (context: Context, run: string | undefined): Promise<RunPlace> => {
  if (run === undefined) return latestRun(await labFolderOf(context));
  const lab = await nearestLab(context);
  const there = runAt(resolve(context.cwd, run), lab);
  if (there.door.exists(there.history)) return there;
  const door = labDoor(lab ?? context.cwd);
  const named = { door, history: `${labPaths.reports}/${run}/${historyName}` };
  if (run === basename(run) && door.exists(named.history)) return named;
  throw noSuchRun(run, lab === undefined ? [] : door.names(labPaths.reports));
};

const mostNamed = 6;

const noSuchRun = (run: string, names: readonly string[]): InputError => {
  const near = didYouMean(run, names);
  const latest = names.slice(-mostNamed);
  const there =
    names.length > mostNamed
      ? `The latest are ${oneOf(latest, 'and')}.`
      : `There ${names.length === 1 ? 'is' : 'are'} ${oneOf(latest, 'and')}.`;
  const known = names.length === 0 ? `A run is a folder that holds a ${historyName}.` : there;
  return new InputError(`There is no run ${run}.`, { hint: near === undefined ? known : `Did you mean ${near}?` });
};
