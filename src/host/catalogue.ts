import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { didYouMean } from '../lab/did-you-mean.js';
import { formatProblems } from '../lab/format-problems.js';
import { parseLab } from '../lab/parse-lab.js';
import { type ParsedScenario, parseScenario } from '../lab/scenario.js';
import { ComputerError, InputError } from '../model/errors.js';
import type { Lab } from '../model/lab.js';
import type { Problem } from '../model/problem.js';
import type { Scenario } from '../model/scenario.js';
import { filesBelow, readIfAny } from './files.js';
import { atMost, labDoor } from './lab-door.js';
import { labPaths } from './lab-folder.js';

/** The labs that ship with Quintet: `labs/` beside `src/` and beside `dist/`. */
export const labsFolder = fileURLToPath(new URL('../../labs/', import.meta.url));

/** One step of the path along which the labs are learned (`labs/path.yaml`). */
export interface Step {
  /** The name of the lab and of its folder. */
  readonly lab: string;
  /** What it adds to the lab before it, in a line. */
  readonly adds: string;
  /** Those of the shared scenarios (`labs/scenarios`) that it is taught with. */
  readonly scenarios: readonly string[];
}

export interface CatalogueLab extends Pick<Step, 'adds'> {
  readonly name: string;
  /** The text of its lab.yaml, comments and all. */
  readonly text: string;
  readonly lab: Lab;
  /** The exercise, in Markdown. */
  readonly guide: string;
  /** Its scenarios' files by name: the shared ones that it names and its own. */
  readonly files: ReadonlyMap<string, string>;
  /** Whatever else lies in its folder, by its path there: an application, say. */
  readonly brings: ReadonlyMap<string, string>;
  /** What they say, in the order in which the guide teaches them. */
  readonly scenarios: readonly Scenario[];
}

const stepSchema = z.strictObject({
  lab: z.string(),
  adds: z.string().min(1),
  scenarios: z.array(z.string()).default([]),
});

/** The labs of the catalogue in the order in which they are learned. */
export const labPath = async (labs: string = labsFolder): Promise<readonly Step[]> => {
  const text = await readIfAny(join(labs, 'path.yaml'));
  if (text !== undefined) return z.array(stepSchema).parse(parse(text));
  throw new ComputerError(`the catalogue of labs can't be read: ${labs}`, { hint: 'install Quintet again.' });
};

/** Their names, in that order. */
export const catalogueNames = async (labs: string = labsFolder): Promise<readonly string[]> =>
  (await labPath(labs)).map(({ lab }) => lab);

/** One lab of the catalogue; an InputError when there is none of that name or something is wrong with its files. */
export const catalogueLab = async (name: string, labs: string = labsFolder): Promise<CatalogueLab> => {
  const path = await labPath(labs);
  const step = path.find(({ lab }) => lab === name);
  if (step === undefined) {
    const names = path.map(({ lab }) => lab);
    const near = didYouMean(name, names);
    throw new InputError(`there is no lab called ${name}${near === undefined ? '' : `: did you mean ${near}?`}`, {
      hint: `quintet labs lists them: ${names.join(', ')}.`,
    });
  }
  const folder = join(labs, name);
  const [text, guide] = await Promise.all([textOf(join(folder, 'lab.yaml')), textOf(join(folder, 'guide.md'))]);
  const parsed = parseLab(text, join(folder, 'lab.yaml'));
  if (!parsed.ok) throw new InputError(formatProblems(parsed.problems, text));
  const { lab } = parsed;
  const files = await filesOf(labs, step);
  const its = [...files].map(([file, text]) => ({ file, text, parsed: parseScenario(text, file, lab) }));
  return {
    name,
    adds: step.adds,
    text,
    lab,
    guide,
    files,
    brings: await broughtBy(folder),
    scenarios: right(sorted(its, guide)),
  };
};

const filesOf = async (labs: string, { lab, scenarios }: Step): Promise<ReadonlyMap<string, string>> => {
  const own = join(labs, lab, labPaths.scenarios);
  const paths = [
    ...scenarios.map((name) => join(labs, labPaths.scenarios, `${name}.yaml`)),
    ...(await filesBelow(own)).map((name) => join(own, name)),
  ];
  return new Map(await Promise.all(paths.map(async (path) => [basename(path), await textOf(path)] as const)));
};

const broughtBy = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const isKnown = (file: string) =>
    ['lab.yaml', 'guide.md'].includes(file) || file.startsWith(`${labPaths.scenarios}/`);
  const files = (await filesBelow(folder)).filter((file) => !isKnown(file));
  return new Map(await Promise.all(files.map(async (file) => [file, await textOf(join(folder, file))] as const)));
};

const textOf = async (path: string): Promise<string> => {
  const text = await readIfAny(path);
  if (text !== undefined) return text;
  throw new InputError(`${path} is missing`, { hint: 'a lab has a lab.yaml and a guide.md.' });
};

/** The lab that stands where nobody chose one. */
export const defaultLab = 'scale-up';

/** Whether a lab has a folder of scenarios, be it an empty one. */
export const hasScenarios = (folder: string): boolean => labDoor(folder).exists(labPaths.scenarios);

/** A lab's own scenarios; where it has no such folder, all the shared ones, so that nothing passes for want of one. */
export const scenariosOf = async (folder: string, lab: Lab): Promise<Scenarios> =>
  sortedScenarios(hasScenarios(folder) ? folder : labsFolder, lab);

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
const sortedScenarios = async (folder: string, lab: Lab): Promise<Scenarios> =>
  sorted(
    await scenarioFiles(folder, lab),
    labDoor(folder).text(labPaths.guide, { most: atMost.written }) ??
      (await textOf(join(labsFolder, defaultLab, 'guide.md'))),
  );

const sorted = (files: readonly ScenarioFile[], guide: string): Scenarios => ({
  scenarios: inOrderOfGuide(
    files.flatMap(({ parsed }) => (parsed.ok ? [parsed.scenario] : [])),
    guide,
  ),
  wrong: files.flatMap((file) => (file.parsed.ok ? [] : [wrongScenario(file, file.parsed.problems)])),
});

const wrongScenario = (file: ScenarioFile, problems: readonly Problem[]): WrongScenario => ({
  id: basename(file.file).replace(/\.ya?ml$/, ''),
  file,
  problems,
  firstLook: /^firstLook:\s*true\b/m.test(file.text),
});

/** The same where none may be wrong: everything wrong with any of them makes one InputError. */
export const readScenarios = async (folder: string, lab: Lab): Promise<readonly Scenario[]> =>
  right(await sortedScenarios(folder, lab));

const right = ({ scenarios, wrong }: Scenarios): readonly Scenario[] => {
  if (wrong.length === 0) return scenarios;
  throw new InputError(wrong.map(({ file, problems }) => formatProblems(problems, file.text)).join('\n\n'));
};

/** The guide is where a lab is taught, so its order is the one in which the scenarios make sense one after the other. */
const inOrderOfGuide = (scenarios: readonly Scenario[], guide: string): readonly Scenario[] => {
  const named = [...new Set(guide.match(/[\w-]+/g))];
  const place = ({ id }: Scenario): number => (named.includes(id) ? named.indexOf(id) : named.length);
  return [...scenarios].sort((one, other) => place(one) - place(other));
};
