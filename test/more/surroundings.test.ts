import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test from 'ava';
import { run } from '../../src/host/command.js';
import { filesBelow } from '../../src/host/files.js';
import { matrix } from '../rig/matrix.js';
import { lacking, needs } from '../rig/needs.js';
import { executable, plainEnvironment } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';
import { temporaryRoom } from '../rig/temporary.js';

/**
 * Every verb in all surroundings: whoever listens, whatever the terminal, whoever asks. An exit code says what was found out and
 * nothing else; nobody sees a stack trace; nothing is half-made.
 */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'bash', 'script', 'setpriv').serial;
const shared = sharedLab();

/** A command line, and its exit code in a lab that has no machines, and in a folder that is no lab. */
type Row = readonly [line: string, inLab: number, outside: number];

const rows: readonly Row[] = [
  ['--help', 0, 0],
  ['--version', 0, 0],
  ['', 2, 2],
  ['nosuchverb', 2, 2],
  ['init . --yes', 2, 2],
  ['validate', 0, 2],
  ['generate', 0, 2],
  ['up nope', 2, 2],
  ['provision nope', 2, 2],
  ['halt', 0, 2],
  ['snapshot list', 0, 2],
  ['reset nope', 2, 2],
  ['status', 0, 2],
  ['watch', 3, 2],
  ['ssh web', 3, 2],
  ['exec web true', 3, 2],
  ['logs web', 3, 2],
  ['open', 3, 2],
  ['verify nope', 2, 2],
  ['verify --checks-only', 3, 2],
  ['weak-points nope', 2, 2],
  ['weak-points', 3, 2],
  ['deploy', 2, 2],
  ['switch green', 2, 2],
  ['promote db', 2, 2],
  ['backup', 2, 2],
  ['restore --drill', 2, 2],
  ['fault --list', 0, 0],
  ['fault lb1 power-cut', 3, 2],
  ['report', 2, 2],
  ['heal', 0, 2],
  ['graph', 0, 2],
  ['labs', 0, 0],
  ['doctor', 0, 0],
  ['bundle file', 3, 3],
  ['box nope', 2, 2],
  ['bake', 2, 2],
  ['completion bash', 0, 0],
  ['destroy --yes', 0, 2],
];

/** Each verb meets one of the six surroundings; before a release everything meets everything. */
const meet = (verb: number, surroundings: number): boolean =>
  matrix([0], [1, 2, 3, 4, 5]).includes((verb + surroundings) % 6);

/** What is around a command: a line of bash in which `"$@"` is it. What is said on standard error comes out in any case. */
interface Surroundings {
  readonly name: string;
  readonly line: string;
  readonly env?: Readonly<Record<string, string>>;
}

const ci = { CI: '1' };
const onTerminal = (columns: number, env: Readonly<Record<string, string>>): Surroundings => ({
  name: `on a terminal of ${columns} columns`,
  line: `script --quiet --return --command "stty cols ${columns}; $(printf '%q ' "$@")" /dev/null </dev/null >&2`,
  env: { ...ci, ...env },
});

/** What does not touch each other is merged: standard input, standard output, standard error, the environment. */
const everywhere: readonly Surroundings[] = [
  {
    name: 'without standard input, standard output full, NO_COLOR',
    line: '"$@" <&- >/dev/full',
    env: { NO_COLOR: '1' },
  },
  { name: 'without standard output, TERM=dumb', line: '"$@" </dev/null >&-', env: { ...ci, TERM: 'dumb' } },
  { name: 'without standard error and input', line: '"$@" <&- >/dev/null 2>&-', env: { FORCE_COLOR: '1' } },
  {
    name: 'standard error full, a pipe that ends after a line',
    line: 'set -o pipefail; "$@" </dev/null 2>/dev/full | head -1 >/dev/null',
    env: ci,
  },
  { name: 'a pipe that ends, for both', line: 'set -o pipefail; "$@" </dev/null 2>&1 | true', env: ci },
  onTerminal(60, { TERM: 'dumb' }),
];
const wide = onTerminal(200, { TERM: 'xterm-256color' });
const quiet: Surroundings = { name: 'in peace', line: '"$@" </dev/null', env: ci };

const command = [process.execPath, executable];

const inSurroundings = ({ line, env = {} }: Surroundings, cwd: string, argv: readonly string[]) =>
  run(['bash', '-c', line, 'bash', ...argv], { cwd, env: { ...plainEnvironment, ...env }, timeoutMs: 60_000 });

const trace = /^\s+at .*:\d+:\d+|^✖ .*bug in Quintet|node:internal|Unhandled/m;

interface Case {
  readonly around: Surroundings;
  readonly where: string;
  readonly argv: readonly string[];
  readonly title: string;
  readonly expected: readonly number[];
}

/** What is wrong with how it went; undefined when nothing is. */
const complaint = async ({ around, where, argv, title, expected }: Case): Promise<string | undefined> => {
  const { exitCode, stderr } = await inSurroundings(around, where, argv);
  if (expected.includes(exitCode) && !trace.test(stderr)) return undefined;
  return `quintet ${title}, ${around.name}: exit code ${exitCode}, not ${expected.join(' or ')}\n${stderr}`;
};

/** Several at a time: each mostly waits for Node.js to start. Each has a lab of its own, which only one may use at a time. */
const complaints = async (cases: readonly Case[]): Promise<string[]> => {
  const left = [...cases];
  const found: string[] = [];
  const work = async (own: string) => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const wrong = await complaint(next.where === lab() ? { ...next, where: own } : next);
      if (wrong !== undefined) found.push(wrong);
    }
  };
  await Promise.all(labs().map(work));
  return found;
};

const words = (line: string): string[] => line.split(' ').filter(Boolean);

const casesIn = (
  where: string,
  around: readonly Surroundings[],
  codes: (row: Row) => readonly number[],
  wrap = command,
): Case[] =>
  around.flatMap((one, place) =>
    rows
      .filter((_, verb) => around.length === 1 || meet(verb, place))
      .map((row) => ({ around: one, where, argv: [...wrap, ...words(row[0])], title: row[0], expected: codes(row) })),
  );

/** What commands write down of themselves, which is no part of the lab. */
const isOwn = (path: string): boolean => /^\.quintet\/(logs\/|id$|place$|state\.json$)/.test(path);

const contents = async (folder: string): Promise<Record<string, string>> => {
  const paths = (await filesBelow(folder)).filter((path) => !isOwn(path));
  const digest = async (path: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, path)))
      .digest('hex');
  const texts = paths.map(async (path) => [path, await digest(path)] as const);
  return Object.fromEntries(await Promise.all(texts));
};

let room = '';
/** The files of a lab that has just been made. */
let whole: readonly string[] = [];
const labs = () => ['lab', 'lab-2', 'lab-3', 'lab-4'].map((name) => join(room, name));
const [lab, outside] = [() => join(room, 'lab'), () => join(room, 'outside')];

test.serial.before(async () => {
  if (lacking(['root']).length > 0) return;
  room = await temporaryRoom();
  await run(['chmod', '755', room]);
  await run([...command, 'init', 'lab', '--yes', '--set', 'provider=container'], { cwd: room, env: ci });
  whole = Object.keys(await contents(lab()));
  await mkdir(outside());
  await writeFile(join(outside(), 'file'), 'mine');
  await writeFile(join(lab(), 'file'), 'mine');
  for (const copy of labs().slice(1)) await cp(lab(), copy, { recursive: true });
});

test.after.always(async () => {
  if (room !== '') await run(['rm', '-rf', '--', room]);
});

real('every verb says by its exit code what it found out, whoever listens', async (t) => {
  const all = () => Promise.all([...labs(), outside()].map(contents));
  const before = await all();
  const found = await complaints([
    ...casesIn(lab(), everywhere, ([, inLab]) => [inLab]),
    ...casesIn(outside(), [wide], ([, , code]) => [code]),
  ]);
  t.deepEqual(found, []);
  t.deepEqual(await all(), before);
});

real('a lab is made whole, whoever listens', async (t) => {
  const made = everywhere.map((around, index) => ({
    around,
    where: room,
    argv: [...command, 'init', `new-${index}`, '--yes', '--set', 'provider=container'],
    title: `init new-${index}`,
    expected: [0],
  }));
  t.deepEqual(await complaints(made), []);
  for (const [index, { name }] of everywhere.entries()) {
    t.deepEqual(Object.keys(await contents(join(room, `new-${index}`))), whole, name);
  }
});

/** Root's Quintet as a user without any rights sees it: from a place that everybody may look into. */
const asNobody = `mount --bind "$1" /mnt
shift
exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$@"`;
const clone = resolve(executable, '..', '..');
const nobody = [
  ...['unshare', '--mount', 'sh', '-euc', asNobody, 'nobody', clone],
  ...[process.execPath, '/mnt/bin/quintet.js'],
];

/** An exit code that is none of a mistake of Quintet's. */
const spoken = [0, 2, 3];

real('another user gets words and no part of anything in a lab of root’s', async (t) => {
  const all = () => Promise.all(labs().map(contents));
  const before = await all();
  t.deepEqual(await complaints(casesIn(lab(), [quiet], () => spoken, nobody)), []);
  t.deepEqual(await all(), before);
});

real('what looks into machines tells by its exit code what they said', async (t) => {
  const inside: readonly (readonly [string, number])[] = [
    ['status', 0],
    ['watch --for 1s --format json', 0],
    ['exec web true', 0],
    ['exec web false', 1],
    ['logs web -n 5', 0],
  ];
  const cases = everywhere.flatMap((around, place) =>
    inside
      .filter((_, verb) => meet(verb, place) || meet(verb, place + 3))
      .map(([title, expected]) => ({
        around,
        where: shared,
        argv: [...command, ...words(title)],
        title,
        expected: [expected],
      })),
  );
  t.deepEqual(await complaints(cases), []);
});

test('the table names every verb', async (t) => {
  const { verbs } = await import('../../src/cli/verbs.js');
  const tried = new Set(rows.map(([line]) => words(line)[0]));
  t.deepEqual(
    verbs.map(({ name }) => name).filter((name) => !tried.has(name)),
    [],
  );
});
