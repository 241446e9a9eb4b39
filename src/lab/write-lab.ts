import { Document, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Lab, LabChoices } from '../model/lab.js';
import { labSchema } from '../roles/lab-schema.js';
import { labSchemaPath } from './json-schema.js';
import { describedAs, keysAt, schemaAt } from './schema-walk.js';

/** What is written even when nobody chose it: what people change first. */
const interesting: readonly (readonly [string, ...string[]])[] = [
  ['name'],
  ['title'],
  ['provider'],
  ['system'],
  ['network', 'subnet'],
  ['vrrp', 'timing'],
  ['app', 'runtime'],
  ['database', 'engine'],
  ['verify', 'ratePerSecond'],
  ['verify', 'limitMs'],
];

const heading = ` yaml-language-server: $schema=${labSchemaPath}

 The choices of this lab: the only source of everything else in this folder.
 Whatever is left out has a default. After a change: quintet generate.
`;

type Data = Record<string, unknown>;

/** The text of a `lab.yaml` that holds these choices and a few defaults worth seeing, each with a line of explanation. */
export const writeLab = (choices: LabChoices): string => {
  const document = new Document(inOrder(withInteresting(choices)));
  document.commentBefore = heading.trimEnd();
  if (isMap(document.contents)) explain(document.contents as YAMLMap, []);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
};

const withInteresting = (choices: LabChoices): Data => {
  const defaults = labSchema.parse(choices) as Lab & Data;
  const data = structuredClone(choices) as Data;
  for (const [section, key] of interesting) {
    if (key === undefined) data[section] ??= defaults[section];
    else data[section] = { [key]: (defaults[section] as Data)[key], ...(data[section] as Data) };
  }
  // An advert interval of the user's own goes before a named timing.
  const { vrrp } = choices;
  if (vrrp?.advertMs !== undefined && vrrp.timing === undefined) delete (data.vrrp as Data).timing;
  data.machines ??= Object.fromEntries(Object.entries(defaults.machines).map(([name, { roles }]) => [name, { roles }]));
  return data;
};

/** In the schema's order, and without what is undefined. */
const inOrder = (data: Data, path: readonly string[] = []): Data => {
  const known = keysAt(labSchema, path);
  const keys = known.length > 0 ? known.filter((key) => Object.hasOwn(data, key)) : Object.keys(data);
  const entries = keys.flatMap((key): [string, unknown][] => {
    const value = data[key];
    if (value === undefined) return [];
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    const below = isSection ? inOrder(value as Data, [...path, key]) : value;
    return isSection && Object.keys(below as Data).length === 0 && path.length === 0 ? [] : [[key, below]];
  });
  return Object.fromEntries(entries);
};

/** Puts each key's description above it; of the machines, all alike, only above their section. */
const explain = (section: YAMLMap, path: readonly string[]): void => {
  for (const [index, pair] of section.items.entries()) {
    const key = isScalar(pair.key) ? pair.key : undefined;
    if (!key) continue;
    const here = [...path, String(key.value)];
    const words = path[0] === 'machines' ? undefined : describedAs(shapeAt(path)?.[String(key.value)]);
    if (words !== undefined) key.commentBefore = ` ${words}`;
    if (path.length === 0) key.spaceBefore = index > 0;
    if (isMap(pair.value)) explain(pair.value as YAMLMap, here);
    flowLists(pair);
  }
};

const shapeAt = (path: readonly string[]): Record<string, unknown> | undefined =>
  (schemaAt(labSchema, path) as { shape?: Record<string, unknown> } | undefined)?.shape;

const flowLists = (pair: Pair): void => {
  if (isSeq(pair.value)) pair.value.flow = true;
};
