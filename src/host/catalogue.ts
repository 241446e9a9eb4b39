import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../lab/did-you-mean.js';
import { formatProblems } from '../lab/format-problems.js';
import { parseLab } from '../lab/parse-lab.js';
import { type ParsedScenario, parseScenario } from '../lab/scenario.js';
import { ComputerError, InputError } from '../model/errors.js';
import type { Lab } from '../model/lab.js';
import type { Problem } from '../model/problem.js';
import type { Scenario } from '../model/scenario.js';
import { readIfAny } from './files.js';
import { atMost, labDoor } from './lab-door.js';
import { labPaths } from './lab-folder.js';

/** The labs that ship with Quintet: `labs/` beside `src/` and beside `dist/`. */
export const labsFolder = fileURLToPath(new URL('../../labs/', import.meta.url));

export interface CatalogueLab {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** The text of its lab.yaml, comments and all. */
  readonly text: string;
  readonly lab: Lab;
  /** The exercise, in Markdown. */
  readonly guide: string;
  readonly scenarios: readonly Scenario[];
  /** The folders of labs whose scenarios it has: the default lab's, and its own, which go before those. */
  readonly played: readonly string[];
}

/** The names of the labs in the catalogue, in alphabetical order. */
export const catalogueNames = async (labs: string = labsFolder): Promise<readonly string[]> => {
  const entries = await readdir(labs, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ComputerError(`the catalogue of labs can't be read: ${labs}`, { cause, hint: 'install Quintet again.' });
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
};

/** One lab of the catalogue; an InputError when there is none of that name or something is wrong with its files. */
export const catalogueLab = async (name: string, labs: string = labsFolder): Promise<CatalogueLab> => {
  const names = await catalogueNames(labs);
  if (!names.includes(name)) {
    const near = didYouMean(name, names);
    throw new InputError(`there is no lab called ${name}${near === undefined ? '' : `: did you mean ${near}?`}`, {
      hint: `quintet labs lists them: ${names.join(', ')}.`,
    });
  }
  const folder = join(labs, name);
  const [text, guide] = await Promise.all([read(join(folder, 'lab.yaml')), read(join(folder, 'guide.md'))]);
  const parsed = parseLab(text, join(folder, 'lab.yaml'));
  if (!parsed.ok) throw new InputError(formatProblems(parsed.problems, text));
  const played = [...new Set([join(labs, defaultLab), folder])];
  return {
    name,
    folder,
    text,
    lab: parsed.lab,
    guide,
    scenarios: await readScenarios(folder, parsed.lab, played),
    played,
  };
};

const read = async (path: string): Promise<string> => {
  const text = await readIfAny(path);
  if (text !== undefined) return text;
  throw new InputError(`${path} is missing`, { hint: 'a lab has a lab.yaml and a guide.md.' });
};

/** The lab that stands where nobody chose one. */
export const defaultLab = 'scale-up';

/** A lab's own scenarios; those of the default lab where it has no such folder, so that nothing passes for want of one. */
export const scenariosOf = async (folder: string, lab: Lab): Promise<Scenarios> =>
  sortedScenarios(labDoor(folder).exists(labPaths.scenarios) ? folder : join(labsFolder, defaultLab), lab);

/** A scenario file, read and held against a lab. */
export interface ScenarioFile {
  /** Absolute path, as in its problems. */
  readonly file: string;
  readonly text: string;
  readonly parsed: ParsedScenario;
}

/** More than anybody plays, and few enough to be read at once. */
const mostScenarios = 500;

const tooMany = (folder: string, count: number): InputError =>
  new InputError(`${folder} holds ${count} scenarios; a lab may have ${mostScenarios}.`, {
    hint: 'Move some of them away.',
  });

/** The files in the folder `scenarios/` of a lab, in alphabetical order; none when there is no such folder. */
export const scenarioFiles = async (folder: string, lab: Lab | 'unreadable'): Promise<readonly ScenarioFile[]> => {
  const door = labDoor(folder);
  const names = door.names(labPaths.scenarios).filter((name) => /\.ya?ml$/.test(name));
  if (names.length > mostScenarios) throw tooMany(door.shown(labPaths.scenarios), names.length);
  return names.map((name) => {
    const file = join(door.shown(labPaths.scenarios), name);
    const text = door.text(`${labPaths.scenarios}/${name}`, { most: atMost.written }) ?? '';
    return { file, text, parsed: parseScenario(text, file, lab) };
  });
};

/** A scenario whose file has mistakes, so that nobody knows what it is. */
export interface WrongScenario {
  /** What it would be called: its file's name without the ending. */
  readonly id: string;
  readonly file: ScenarioFile;
  readonly problems: readonly Problem[];
  /** Whether it says of itself that it belongs to the first look. */
  readonly firstLook: boolean;
}

export interface Scenarios {
  readonly scenarios: readonly Scenario[];
  readonly wrong: readonly WrongScenario[];
}

/** A lab's scenarios in the order in which its guide.md names them, then the others by name; those that are wrong apart. */
const sortedScenarios = async (folder: string, lab: Lab, played: readonly string[] = [folder]): Promise<Scenarios> => {
  const all = (await Promise.all(played.map((each) => scenarioFiles(each, lab)))).flat();
  const files = [...new Map(all.map((file) => [basename(file.file), file])).values()];
  const scenarios = files.flatMap(({ parsed }) => (parsed.ok ? [parsed.scenario] : []));
  return {
    scenarios: inOrderOfGuide(scenarios, labDoor(folder).text(labPaths.guide, { most: atMost.written }) ?? ''),
    wrong: files.flatMap((file) => (file.parsed.ok ? [] : [wrongScenario(file, file.parsed.problems)])),
  };
};

const wrongScenario = (file: ScenarioFile, problems: readonly Problem[]): WrongScenario => ({
  id: basename(file.file).replace(/\.ya?ml$/, ''),
  file,
  problems,
  firstLook: /^firstLook:\s*true\b/m.test(file.text),
});

/** The same where none may be wrong: everything wrong with any of them makes one InputError. */
export const readScenarios = async (
  folder: string,
  lab: Lab,
  played?: readonly string[],
): Promise<readonly Scenario[]> => {
  const { scenarios, wrong } = await sortedScenarios(folder, lab, played);
  if (wrong.length === 0) return scenarios;
  throw new InputError(wrong.map(({ file, problems }) => formatProblems(problems, file.text)).join('\n\n'));
};

/** The guide is where a lab is taught, so its order is the one in which the scenarios make sense one after the other. */
const inOrderOfGuide = (scenarios: readonly Scenario[], guide: string): readonly Scenario[] => {
  const named = [...new Set(guide.match(/[\w-]+/g))];
  const place = ({ id }: Scenario): number => (named.includes(id) ? named.indexOf(id) : named.length);
  return [...scenarios].sort((one, other) => place(one) - place(other));
};
