import { availableParallelism, totalmem } from 'node:os';
import { relative } from 'node:path';
import { atMost, holdLab, labDoor } from '../host/lab-door.js';
import { labFile, labPaths } from '../host/lab-folder.js';
import { ownLabId } from '../host/own-lab-id.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { formatProblems } from '../lab/format-problems.js';
import { parseLab } from '../lab/parse-lab.js';
import { ComputerError, InputError } from '../model/errors.js';
import type { Lab } from '../model/lab.js';
import type { Plan } from '../model/plan.js';
import type { Problem } from '../model/problem.js';
import { planOf } from '../plan/plan.js';
import type { LabSite } from '../providers/provider.js';
import type { Context } from './context.js';
import { labFolderOf } from './lab-folder-of.js';
import { problemStyle } from './problem-style.js';
import { vouchFor } from './vouch.js';

/** A lab that was read and is right. */
export interface OpenedLab {
  readonly folder: string;
  readonly text: string;
  readonly lab: Lab;
  readonly plan: Plan;
  readonly site: LabSite;
}

/** Reads the lab that a command is about; what is wrong with its lab.yaml is one InputError. Warnings are said. */
export const openLab = async (context: Context): Promise<OpenedLab> => {
  const folder = await labFolderOf(context);
  const { text, file, parsed } = await readLab(context, folder);
  if (!parsed.ok) throw problemsError(parsed.problems, text, file, context);
  if (parsed.warnings.length > 0) context.say(shown(parsed.warnings, text, context));
  return opened(context, folder, text, parsed.lab);
};

/** The same, or with a mistake in lab.yaml the lab as it last came up: what is there can be removed all the same. */
export const openLabAnyhow = async (context: Context): Promise<OpenedLab> => {
  const folder = await labFolderOf(context);
  const { text, file, parsed } = await readLab(context, folder);
  if (parsed.ok) return opened(context, folder, text, parsed.lab);
  const lastText = labDoor(folder).text(labPaths.lastUp, { most: atMost.written });
  const last = parseLab(lastText ?? '', 'last-up.yaml');
  if (lastText === undefined || !last.ok) throw problemsError(parsed.problems, text, file, context);
  context.say(`${file} has mistakes (quintet validate shows them); this is the lab as it last came up.`);
  return opened(context, folder, lastText, last.lab);
};

const opened = async (context: Context, folder: string, text: string, lab: Lab): Promise<OpenedLab> => {
  const plan = planOf(lab);
  const onCopy = (original: string) =>
    context.say(`This lab was copied from ${original}: from now on it is a lab of its own, without machines yet.`);
  const id = await ownLabId(folder, onCopy, context.trust);
  holdLab(folder);
  const site = { folder, id, plan, trusted: context.trust };
  const vouch = vouchFor(context, site);
  return { folder, text, lab, plan, site: { ...site, ...(vouch === undefined ? {} : { vouch }) } };
};

export const readLab = async (context: Context, folder: string) => {
  const door = labDoor(folder);
  const path = door.shown(labFile);
  const file = relative(context.cwd, path) || path;
  const text = door.text(labFile, { most: atMost.written }) ?? noLabFile(path);
  return { text, file, parsed: parseLab(text, file, computerFacts()) };
};

const noLabFile = (path: string): never => {
  throw new ComputerError(`Can't read ${path}: it is not there any more.`);
};

/** What this computer has, for the rules that ask whether a lab fits on it. */
export const computerFacts = () => ({
  memoryMb: Math.floor(totalmem() / 2 ** 20),
  cores: availableParallelism(),
});

const shown = (problems: readonly Problem[], text: string, { color, columns }: Context): string =>
  formatProblems(problems, text, {
    color: problemStyle(color),
    // An error moves it in by two, and nothing touches the edge.
    width: Math.min(columns - 3, 100),
  });

export const problemsError = (
  problems: readonly Problem[],
  text: string,
  file: string,
  context: Context,
): InputError => {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return new InputError(
    `${file} has ${errors === 1 ? 'a mistake' : `${errors} mistakes`}:\n\n${shown(problems, text, context)}`,
  );
};

/** Throws an InputError unless the lab has all of these machines. */
export const requireMachines = (plan: Plan, names: readonly string[]): void => {
  const known = plan.machines.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const near = didYouMean(unknown[0] ?? '', known);
  throw new InputError(`This lab has no machine called ${oneOf(unknown)}.`, {
    hint: near === undefined ? `Its machines are ${oneOf(known, 'and')}.` : `Did you mean ${near}?`,
  });
};
