import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { type ParseResult, parse } from '@babel/parser';
import test from 'ava';

/**
 * What each room may import from besides itself; the order is the direction of the house. `lab` comes after `plan`: its
 * rules hold a lab against what follows from it (addresses, timers, packages), while a plan knows nothing of YAML.
 */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  model: [],
  roles: ['model'],
  plan: ['model', 'roles'],
  lab: ['model', 'roles', 'plan'],
  render: ['model', 'roles', 'plan', 'lab'],
  check: ['model', 'roles', 'plan', 'lab'],
  report: ['model', 'roles', 'plan', 'lab', 'check'],
  host: ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report'],
  providers: ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report', 'host'],
  drive: ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report', 'host', 'providers'],
  campaign: ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report', 'host', 'providers'],
  cli: ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report', 'host', 'providers', 'drive', 'campaign'],
};
const pure = ['model', 'roles', 'plan', 'lab', 'render', 'check', 'report'];

/** Who alone may use a package. */
const oneDoor: Readonly<Record<string, RegExp>> = {
  execa: /^host\/command\.ts$/,
  ejs: /^render\//,
  inquirer: /^cli\//,
  'node:child_process': /^never$/,
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const root = resolve('src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const parsed = (text: string): ParseResult => parse(text, { sourceType: 'module', plugins: ['typescript'] });

const withoutComments = (text: string): string =>
  (parsed(text).comments ?? [])
    .toReversed()
    .reduce((left, { start, end }) => left.slice(0, start) + left.slice(end), text);

/** From where a text imports, or exports again, as it begins: types too, or not. */
const staticTargets = (text: string, types: boolean): string[] =>
  parsed(text).program.body.flatMap((one) => {
    if (
      one.type !== 'ImportDeclaration' &&
      one.type !== 'ExportNamedDeclaration' &&
      one.type !== 'ExportAllDeclaration'
    )
      return [];
    const kind = one.type === 'ImportDeclaration' ? one.importKind : one.exportKind;
    return one.source && (types || kind !== 'type') ? [one.source.value] : [];
  });

const dynamicTargets = (text: string): string[] =>
  [...withoutComments(text).matchAll(/\bimport\(\s*'([^']+)'/g)].map(([, target = '']) => target);

const importFrom = (file: string, target: string): Import => ({
  file,
  target: target.startsWith('.')
    ? relative(root, resolve(root, dirname(file), target))
        .replaceAll('\\', '/')
        .replace(/\.js$/, '.ts')
    : target,
});

/** Static, dynamic and re-exporting imports of a text, local ones as paths below src. */
const importsOf = (file: string, text: string): Import[] =>
  [...staticTargets(text, true), ...dynamicTargets(text)].map((target) => importFrom(file, target));

/** Of a file of src, without its comments. */
const textOf = (file: string): string => withoutComments(texts.get(file) ?? '');

const roomOf = (path: string): string => path.split('/')[0] ?? '';
const isLocal = ({ target }: Import): boolean => texts.has(target);
const isNode = (target: string): boolean => target.startsWith('node:') || builtinModules.includes(target);

const againstTheHouse = (found: Import): boolean => {
  const [from, to] = [roomOf(found.file), roomOf(found.target)];
  if (from === to) return false;
  return !mayUse[from]?.includes(to);
};

const shown = (found: readonly Import[]): string[] => found.map(({ file, target }) => `${file} imports ${target}`);

const all = [...texts].flatMap(([file, text]) => importsOf(file, text));

test('every room of the house is known, and has files', (t) => {
  t.deepEqual([...new Set(files.map(roomOf))].sort(), Object.keys(mayUse).sort());
});

test('imports run one way through the house', (t) => {
  const local = all.filter(isLocal);
  t.true(local.length > 200, 'the imports are found at all');
  t.deepEqual(shown(local.filter(againstTheHouse)), []);
});

test('no relative import leads out of src or to a file that is not there', (t) => {
  const lost = all.filter(
    (found) => !isLocal(found) && (found.target.endsWith('.ts') || found.target.startsWith('..')),
  );
  t.deepEqual(shown(lost), []);
});

test('pure rooms use nothing of Node.js', (t) => {
  const impure = all.filter(({ file, target }) => pure.includes(roomOf(file)) && isNode(target));
  t.deepEqual(shown(impure), []);
});

test('pure rooms ask neither the clock nor chance', (t) => {
  const asks = /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|process\.|setTimeout|setInterval)/;
  const impure = files.filter((file) => pure.includes(roomOf(file)) && asks.test(textOf(file)));
  t.deepEqual(impure, []);
});

test('execa, ejs and inquirer each have one door', (t) => {
  const beside = all.filter(({ file, target }) => oneDoor[target] !== undefined && !oneDoor[target].test(file));
  t.deepEqual(shown(beside), []);
  for (const name of ['execa', 'ejs', 'inquirer'])
    t.true(
      all.some(({ target }) => target === name),
      name,
    );
});

/**
 * Who may open paths of this computer (through Node.js, or host/files.ts), and for what. What is reached through a lab folder
 * is never among it: a student may have put a link there. Whoever needs more of a lab folder asks host/lab-door.ts.
 */
const opensPaths: readonly (readonly [RegExp, string])[] = [
  [/^host\/(files|plain-files|open-folder|lab-door|new-folder)\.ts$/, 'the doors themselves'],
  [
    /^host\/(home|lab-addresses|lab-owners|own-machines|vouched)\.ts$/,
    'what is written down outside of all labs, and which folder a lab is',
  ],
  [/^host\/(catalogue|templates)\.ts$|^cli\/(make-lab|version)\.ts$/, 'what ships with Quintet'],
  [/^host\/(lock|lock-place|lock-socket|load|program)\.ts$|^cli\/doctor\//, 'this computer'],
  [/^providers\/(container|dummy)\//, "the machines' own folders"],
  [/^providers\/vagrant\/box-build\/|^cli\/(box-words|verbs\/bake|wizard\/box-question)\.ts$/, 'boxes'],
  [/^providers\/vagrant\/bake\/bake-box\.ts$|^cli\/verbs\/box\.ts$/, 'the box that is made'],
  [/^providers\/vagrant\/(installed-boxes|leftovers|requirements)\.ts$/, "Vagrant's own home"],
  [/^providers\/vagrant\/(ssh|vagrant)\.ts$/, 'sockets of SSH'],
  [/^providers\/vagrant\/(emulation|hypervisors\/virtualbox)\.ts$/, 'this computer'],
  [/^cli\/bundle\/|^cli\/verbs\/bundle\.ts$/, 'the bundle, in a folder of the caller'],
  [/^cli\/verbs\/logs\.ts$/, "a machine's console"],
  [/^campaign\/report-folder\.ts$/, 'what an error of the file system is in words'],
];

const canOpen = ({ target }: Import): boolean => /^(node:)?fs(\/promises)?$|^host\/files\.ts$/.test(target);

test('paths of this computer are opened where that is known to be no lab’s', (t) => {
  const beside = all.filter((found) => canOpen(found) && !opensPaths.some(([pattern]) => pattern.test(found.file)));
  t.deepEqual(shown(beside), []);
});

const opening = [
  'readFile|readIfAny|readBytes|writeFile|writeFileAtomic|appendFile|ensureDir|mkdir|removeTree|rm|unlink|moveTo|rename',
  'exists|existsSync|namesIn|filesBelow|readdir|stat|lstat|open|cp|copyFile|chmod|takePlace',
].join('|');
const ofALab =
  /\.shown\(|(site|opened|lab|order)\.folder|labFolder|labPaths|sshConfigFile|machineFolder\(machine\)|dotVagrant/;
const opensALab = new RegExp(`(?<![.\\w])(?:${opening})\\([^;\\n]*?(?:${ofALab.source})`);

test('what lies in a lab folder is opened through its door alone', (t) => {
  const doors = /^host\/(open-folder|lab-door)\.ts$/;
  // The machines' own folders have a `machineFolder` as well.
  const outside = files.filter((file) => !doors.test(file) && !file.startsWith('providers/container/'));
  t.deepEqual(
    outside.filter((file) => opensALab.test(textOf(file))),
    [],
  );
  for (const text of [
    "await readIfAny(join(site.folder, '.quintet', 'id'))",
    'ensureDir(labPaths.logs, 0o700)',
    "writeFileAtomic(door.shown('a'), text)",
  ]) {
    t.regex(text, opensALab);
  }
});

/** Programs of their own, started in a lab's network: they have no caller to return to. */
const programs = /-(?:main|relay)\.ts$/;

test('the process is ended in one place', (t) => {
  const ending = files.filter((file) => /\bprocess\.exit\b(?!Code)/.test(textOf(file)) && !programs.test(file));
  t.deepEqual(ending, ['cli/main.ts']);
  t.is(textOf('cli/main.ts').match(/\bprocess\.exit\b/g)?.length, 1);
});

/** What is loaded before a verb is known: static imports from `entry` on, without those of types. */
const loadedFrom = (entry: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const walk = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const target of staticTargets(texts.get(file) ?? '', false)) walk(importFrom(file, target).target);
  };
  walk(entry);
  return found;
};

test('the command line is read without the packages that the verbs need', (t) => {
  const packages = [...loadedFrom('cli/main.ts')].filter((target) => !texts.has(target) && !isNode(target));
  t.deepEqual(packages, ['commander']);
});

test('zod is used by its parts: as a whole all of it would be read and compiled at each start', (t) => {
  const whole = /(?<![\w.-])z(?![\w\]-]|\s*\.)/;
  const loaders = files.filter((file) => textOf(file).includes("import * as z from 'zod';"));
  t.true(loaders.length > 10);
  const bare = (file: string): boolean => whole.test(textOf(file).replace("import * as z from 'zod';", ''));
  t.deepEqual(loaders.filter(bare), []);
  t.regex('settings?.(z) ?? {}', whole);
});

test('nothing is exported without a name', (t) => {
  t.deepEqual(
    files.filter((file) => /^export default\b/m.test(texts.get(file) ?? '')),
    [],
  );
});

test('an import against the house is noticed', (t) => {
  const text =
    "import { a } from '../host/files.js';\nconst b = await import('../cli/main.js');\nexport * from 'node:fs';\n";
  const found = importsOf('plan/plan.ts', text);
  t.deepEqual(
    found.map(({ target }) => target),
    ['host/files.ts', 'node:fs', 'cli/main.ts'],
  );
  t.deepEqual(shown(found.filter(isLocal).filter(againstTheHouse)).length, 2);
});

test('nobody but a provider asks whether machines are containers: what follows from it are traits', (t) => {
  const asks = [...texts].filter(
    ([file, text]) => roomOf(file) !== 'providers' && /provider [!=]== 'container'/.test(text),
  );
  // Whether this computer can run one at all is asked before there is one.
  t.deepEqual(
    asks.map(([file]) => file),
    ['cli/detect-provider.ts'],
  );
});
