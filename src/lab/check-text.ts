import type { z } from 'zod';
import type { Path, Problem, Remark } from '../model/problem.js';
import { mostIssues, remarksOf } from './issues.js';
import { withoutEmpty } from './schema-walk.js';
import { placed, readSource, type Source, wrote } from './source.js';

/**
 * A rule of meaning: what the schema can't say. `reads` names the parts of the data it rests on (`machines.*.roles`); it
 * is left out when one of them is already known to be wrong, so that one mistake makes one complaint.
 */
export interface Rule<Subject> {
  readonly reads: readonly string[];
  /** Where it judges each by itself (`faults.*`): then only what it says of those that are wrong is left out. */
  readonly each?: string;
  readonly check: (subject: Subject) => readonly Remark[];
}

/** What every rule is told besides the data itself: whether the user wrote something at a path or it is a default. */
export type Wrote = (path: Path) => boolean;

/** A kind of file: its schema, and its rules over a subject made of the data. */
export interface FileKind<Schema extends z.ZodType, Subject> {
  readonly schema: Schema;
  readonly subject: (data: z.output<Schema>, wrote: Wrote) => Subject;
  readonly rules: readonly Rule<Subject>[];
  /** All that is said of data in another form than this; undefined for any other. */
  readonly foreign?: (data: unknown) => readonly Remark[] | undefined;
}

export type Checked<Data> =
  | { readonly ok: true; readonly data: Data; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a YAML text of some kind: its data, or everything that is wrong with it, in the order of the text. */
export const checkText = <Schema extends z.ZodType, Subject>(
  kind: FileKind<Schema, Subject>,
  text: string,
  file: string,
): Checked<z.output<Schema>> => {
  const source = readSource(text, file);
  if (source.broken) return { ok: false, problems: source.problems };
  const foreign = kind.foreign?.(source.data);
  if (foreign) return { ok: false, problems: foreign.map((remark) => placed(source, remark)) };
  const empty = source.data === null || source.data === undefined;
  const data = withoutEmpty(kind.schema, empty ? {} : source.data);
  const parsed = kind.schema.safeParse(data);
  const wrong = parsed.success ? [] : remarksOf(parsed.error.issues, kind.schema, data);
  const usable = parsed.success ? { data: parsed.data, broken: [], original: same } : repaired(kind.schema, data);
  const meant = usable ? ruled(kind, source, usable) : [];
  const nothing = empty ? [emptyFile] : [];
  const remarks = [...nothing, ...wrong, ...meant].map((remark) => placed(source, remark));
  const problems = inOrder([...source.problems, ...remarks.filter((each) => !source.problems.some(isAt(each)))]);
  return parsed.success && problems.every(({ severity }) => severity === 'warning')
    ? { ok: true, data: parsed.data, warnings: problems }
    : { ok: false, problems };
};

const emptyFile: Remark = {
  path: [],
  severity: 'warning',
  message: 'the file is empty',
  hint: 'every part has its default.',
};

const isAt =
  ({ line, column }: Problem) =>
  (other: Problem): boolean =>
    other.line === line && other.column === column;

const ruled = <Schema extends z.ZodType, Subject>(
  kind: FileKind<Schema, Subject>,
  source: Source,
  { data, broken, original }: Repaired<z.output<Schema>>,
): readonly Remark[] => {
  const subject = kind.subject(data, (path) => wrote(source, path));
  return kind.rules.flatMap(({ reads, each, check }) => {
    const wrong = broken.filter((path) => reads.some((pattern) => touches(pattern, path)));
    const depth = each?.split('.').length ?? 0;
    const isOf = (path: Path): boolean =>
      wrong.some((other) => path.slice(0, depth).every((step, i) => step === other[i]));
    if (wrong.some((path) => each === undefined || path.length < depth)) return [];
    return check(subject)
      .map((remark) => ({ ...remark, path: original(remark.path) }))
      .filter(({ path }) => !isOf(path));
  });
};

/** Whether a wrong path is above, at or below what a rule reads. */
const touches = (pattern: string, path: Path): boolean =>
  pattern.split('.').every((step, index) => index >= path.length || step === '*' || step === String(path[index]));

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((left, right) => left.line - right.line || left.column - right.column);

/** Data with its wrong parts left out. */
interface Repaired<Data> {
  readonly data: Data;
  /** The wrong parts, by their paths in the file. */
  readonly broken: readonly Path[];
  /** The path in the file of what has this path now: what followed in a list has moved up. */
  readonly original: (path: Path) => Path;
}

const same = (path: Path): Path => path;

/** The data with its wrong parts left out, so that the rules can look at the rest; undefined when too little is left. */
const repaired = <Schema extends z.ZodType>(schema: Schema, data: unknown): Repaired<z.output<Schema>> | undefined => {
  const broken: Path[] = [];
  let original = same;
  let rest = structuredClone(data);
  for (let round = 0; round < 4; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { data: parsed.data, broken, original };
    const paths = parsed.error.issues.flatMap(wrongPaths);
    if (paths.length > mostIssues || paths.some((path) => path.length === 0)) return undefined;
    broken.push(...paths.map(original));
    for (const path of removable(rest, paths)) {
      rest = without(rest, path) ?? rest;
      original = before(path, original);
    }
  }
  return undefined;
};

/** What to leave out because of these paths, each once and the last of a list first. A key that is missing makes what should hold it wrong. */
const removable = (data: unknown, paths: readonly Path[]): readonly Path[] => {
  const found = paths.map((path) => (without(data, path) === undefined ? path.slice(0, -1) : path));
  const once = new Map(found.filter(({ length }) => length > 0).map((path) => [JSON.stringify(path), path]));
  const all = [...once.values()];
  const isBelow = (path: Path) =>
    all.some((other) => other.length < path.length && other.every((step, index) => step === path[index]));
  return all.filter((path) => !isBelow(path)).sort((one, other) => (isAfter(one, other) ? -1 : 1));
};

const isAfter = (one: Path, other: Path): boolean => {
  const index = one.findIndex((step, at) => step !== other[at]);
  return Number(one[index]) > Number(other[index]);
};

/** The same, before the item at a path was left out. */
const before =
  (removed: Path, original: (path: Path) => Path) =>
  (path: Path): Path => {
    const list = removed.slice(0, -1);
    const [index, here] = [removed.at(-1), path[list.length]];
    const isInList =
      typeof index === 'number' && typeof here === 'number' && list.every((step, at) => step === path[at]);
    const there = isInList && here >= index ? path.with(list.length, here + 1) : path;
    return original(there);
  };

const wrongPaths = (issue: z.core.$ZodIssue): readonly Path[] => {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
};

/** A copy without what is at a path; undefined when nothing is there. */
const without = (data: unknown, path: Path): unknown => {
  const [first, ...rest] = path;
  if (first === undefined || typeof data !== 'object' || data === null || !Object.hasOwn(data, first)) return undefined;
  if (Array.isArray(data) && rest.length === 0) return data.filter((_, index) => index !== first);
  const below = (data as Record<string | number, unknown>)[first];
  const kept = rest.length === 0 ? undefined : without(below, rest);
  if (rest.length > 0 && kept === undefined) return undefined;
  if (Array.isArray(data)) return data.map((item, index) => (index === first ? kept : item));
  const others = Object.entries(data).filter(([key]) => key !== String(first));
  return Object.fromEntries(kept === undefined ? others : Object.entries({ ...data, [first]: kept }));
};
