import { type Document, isAlias, isMap, isScalar, visit, type YAMLSeq } from 'yaml';
import { z } from 'zod';
import type { Path, Problem } from '../model/problem.js';
import { labSchema } from '../roles/lab-schema.js';
import { didYouMean } from './did-you-mean.js';
import { nameOf, remarksOf, unknownKey } from './issues.js';
import { parseLab } from './parse-lab.js';
import { schemaAt, withoutEmpty } from './schema-walk.js';
import { readSource } from './source.js';

/** `text` is what the problems point into: the lab file, or the settings, one a line. */
export type Applied =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly text: string };

/** One `path=value` of the command line, and where its parts stand in it. */
interface Setting {
  readonly line: number;
  readonly path: readonly string[];
  readonly value: string;
  readonly valueColumn: number;
}

const settingsFile = '--set';

/**
 * The text of a lab file with settings such as `vrrp.timing=fast` made in it; comments stay. A value is read as YAML
 * where the schema wants no text; nothing behind the = takes the key away, so that its default holds again.
 */
export const applySettings = (text: string, settings: readonly string[], file = 'lab.yaml'): Applied => {
  if (settings.length === 0) return { ok: true, text };
  const source = readSource(text, file);
  const { document } = source;
  const contents = document.contents as unknown;
  if (source.problems.length > 0) return { ok: false, problems: source.problems, text };
  if (contents !== null && !isMap(contents) && source.data !== null) return notALab(text, file);
  const read = settings.map(readSetting);
  const usable = read.filter((setting) => 'path' in setting);
  const machines = new Set([...machineNames(document), ...usable.flatMap(namedBySetting)]);
  const refused = read.flatMap((setting) => ('path' in setting ? objections(setting, machines) : [setting]));
  const problems = refused.length > 0 ? refused : putAll(document, usable);
  return problems.length > 0
    ? { ok: false, problems, text: settings.join('\n') }
    : { ok: true, text: document.toString({ lineWidth: 0, flowCollectionPadding: /[[{] /.test(text) }) };
};

const notALab = (text: string, file: string): Applied => {
  const parsed = parseLab(text, file);
  return { ok: false, problems: parsed.ok ? [] : parsed.problems, text };
};

const putAll = (document: Document, settings: readonly Setting[]): readonly Problem[] => {
  const unread = settings.map((setting) => put(document, setting));
  return settings.flatMap((setting, index) => (unread[index]?.length ? unread[index] : wrongValues(document, setting)));
};

const problemAt = (line: number, column: number, length: number, message: string): Problem => ({
  file: settingsFile,
  line,
  column,
  length: Math.max(1, length),
  severity: 'error',
  message,
});

const readSetting = (written: string, index: number): Setting | Problem => {
  const line = index + 1;
  const equals = written.indexOf('=');
  if (/[\r\n]/.test(written)) return problemAt(line, 1, 1, 'a setting is one line');
  if (equals < 1) {
    const hint = 'such as vrrp.timing=fast.';
    return { ...problemAt(line, 1, written.length, 'a setting is path=value'), hint };
  }
  const path = written.slice(0, equals).trim().split('.');
  if (path.some((step) => step === '')) {
    return problemAt(line, 1, equals, 'a path is made of names with one dot between two');
  }
  return { line, path, value: written.slice(equals + 1), valueColumn: equals + 2 };
};

const namedBySetting = ({ path }: Setting): readonly string[] =>
  path[0] === 'machines' && path[1] !== undefined && (path[2] === 'roles' || path.length === 2) ? [path[1]] : [];

/** The machines of a file; the default ones when it names none. */
const machineNames = (document: Document): readonly string[] => {
  const machines = document.get('machines');
  return isMap(machines) ? machines.items.map(({ key }) => String(key)) : Object.keys(labSchema.parse({}).machines);
};

/** What is wrong with where a setting points. */
const objections = (setting: Setting, machines: ReadonlySet<string>): readonly Problem[] => {
  const { path } = setting;
  const [section, machine] = path;
  if (section === 'machines' && machine !== undefined && !machines.has(machine)) {
    const suggestion = didYouMean(machine, [...machines]);
    return [
      {
        ...stepProblem(setting, 1, `the lab has no machine called ${machine}`),
        ...(suggestion === undefined ? {} : { suggestion }),
        hint: `to add one, also set machines.${machine}.roles=[…].`,
      },
    ];
  }
  const depth = path.findIndex((_, index) => schemaAt(labSchema, path.slice(0, index + 1)) === undefined);
  if (depth < 0) return [];
  const above = path.slice(0, depth);
  if (!(schemaAt(labSchema, above) instanceof z.ZodObject)) {
    return [stepProblem(setting, depth, `${nameOf(above)} is set as a whole: ${nameOf(above)}=…`)];
  }
  const { message, suggestion, hint } = unknownKey(above, path[depth] ?? '', labSchema);
  return [
    {
      ...stepProblem(setting, depth, message),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(hint === undefined ? {} : { hint }),
    },
  ];
};

const stepProblem = ({ line, path }: Setting, depth: number, message: string): Problem => {
  const column = path.slice(0, depth).reduce((sum, step) => sum + step.length + 1, 1);
  return problemAt(line, column, path[depth]?.length ?? 1, message);
};

/** Makes one setting in the document. */
const put = (document: Document, setting: Setting): readonly Problem[] => {
  const { path, line, value, valueColumn } = setting;
  const data = meantBy(schemaAt(labSchema, path), value);
  if (data instanceof Error)
    return [problemAt(line, valueColumn, value.length, `this value is no YAML: ${data.message}`)];
  const alias = path.findIndex((_, depth) => isAlias(document.getIn(path.slice(0, depth), true)));
  if (alias >= 0) {
    return [
      stepProblem(setting, alias - 1, `${nameOf(path.slice(0, alias))} is an alias: write it out in the file first`),
    ];
  }
  if (data === null) {
    if (document.hasIn(path)) document.deleteIn(path);
    return [];
  }
  makeSections(document, path);
  const there = document.getIn(path, true);
  // The node stays when it can, and its comment with it.
  if (isScalar(there) && typeof data !== 'object') there.value = data;
  else document.setIn(path, flowing(document, data));
  return [];
};

/** Sections that are missing, or there with nothing in them, become sections; no machines means the default ones. */
const makeSections = (document: Document, path: readonly string[]): void => {
  for (const depth of path.keys()) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (isMap(node)) continue;
    const isMachines = depth === 1 && path[0] === 'machines';
    const section = document.createNode(isMachines ? defaultMachines() : {});
    if (isMachines) visit(section, { Seq: onOneLine });
    if (depth === 0) document.contents = section as never;
    else document.setIn(above, section);
    if (isScalar(node) && node.comment) section.commentBefore = node.comment;
  }
};

const onOneLine = (_: unknown, list: YAMLSeq): void => {
  list.flow = true;
};

const defaultMachines = (): Record<string, { roles: readonly string[] }> =>
  Object.fromEntries(Object.entries(labSchema.parse({}).machines).map(([name, { roles }]) => [name, { roles }]));

const flowing = (document: Document, data: unknown) => document.createNode(data, { flow: Array.isArray(data) });

/** What a value means where it is set: text as it is, a list also as `a,b`, all else as YAML; null takes the key away. */
const meantBy = (expected: unknown, written: string): unknown => {
  const text = written.trim();
  if (text === '') return null;
  const isText = expected instanceof z.ZodString || expected instanceof z.ZodIPv4 || expected instanceof z.ZodCIDRv4;
  // Quotes are YAML's also around text.
  if (isText && !/^(["']).*\1$/.test(text)) return text;
  const { document, data, problems } = readSource(text, settingsFile);
  const [problem] = problems;
  if (problem) return new Error(document.errors[0]?.message ?? problem.message);
  return expected instanceof z.ZodArray && typeof data === 'string' ? data.split(/\s*,\s*/) : data;
};

/** What the schema says against the values that were set, said of the setting rather than of the file. */
const wrongValues = (document: Document, setting: Setting): readonly Problem[] => {
  const { line, path, value, valueColumn } = setting;
  const data = withoutEmpty(labSchema, document.toJS({ maxAliasCount: 100 }));
  const parsed = labSchema.safeParse(data);
  const remarks = parsed.success ? [] : remarksOf(parsed.error.issues, labSchema, data);
  return remarks
    .filter((remark) => path.every((step, depth) => step === String(remark.path[depth])) || isAbout(remark.path, path))
    .map(({ message, suggestion, hint, path: about }) => ({
      ...(about.length < path.length
        ? stepProblem(setting, about.length - 1, message)
        : problemAt(line, valueColumn, value.length, message)),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(hint === undefined ? {} : { hint }),
    }));
};

/** A machine's name that is none is said of the machine, above what was set. */
const isAbout = (about: Path, path: readonly string[]): boolean =>
  about.length === 2 && about[0] === 'machines' && path[0] === 'machines' && about[1] === path[1];
