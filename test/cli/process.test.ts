import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../src/host/command.js';
import { scenarioJsonSchema, scenarioSchemaPath } from '../../src/lab/json-schema.js';
import { newLab } from '../rig/new-lab.js';
import { executable } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';

/** Quintet as a process of its own, with no terminal. */
const quintet = (cwd: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run([process.execPath, executable, ...argv], { cwd, timeoutMs: 60_000, env: { CI: '', ...env } });

const madeLab = async (t: ExecutionContext): Promise<string> => {
  const lab = join(await temporaryFolder(t), 'lab');
  await newLab(lab, 'provider=container');
  return lab;
};

test.serial('without a terminal and without --yes it says what to do and asks nothing', async (t) => {
  const cwd = await temporaryFolder(t);
  for (const argv of [[], ['init']]) {
    const { exitCode, stdout, stderr } = await quintet(cwd, argv);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /nobody to ask/);
    t.regex(stderr, /--yes/);
  }
  t.deepEqual(await readdir(cwd), []);
});

test.serial('outside a lab every verb that needs one says so', async (t) => {
  const cwd = await temporaryFolder(t);
  const { exitCode, stderr } = await quintet(cwd, ['status']);
  t.is(exitCode, 2);
  t.regex(stderr, /no lab here/);
  t.regex((await quintet(cwd, ['-C', 'nowhere', 'up'])).stderr, /no lab in nowhere/);
});

test.serial('init --yes makes a lab once, validate finds it right, from any folder below it', async (t) => {
  const lab = await madeLab(t);
  const again = await quintet(resolve(lab, '..'), ['init', 'lab', '--yes']);
  t.is(again.exitCode, 2);
  t.regex(again.stderr, /is a lab already/);
  const below = join(lab, 'machines', 'web');
  const valid = await quintet(below, ['validate']);
  t.is(valid.exitCode, 0, valid.stderr);
  t.regex(valid.stdout, /5 machines/);
});

test.serial('a folder that holds anything else is refused and left as it is', async (t) => {
  const cwd = await temporaryFolder(t);
  await mkdir(join(cwd, 'full'));
  await writeFile(join(cwd, 'full', 'thesis.txt'), 'mine');
  const { exitCode, stderr } = await quintet(cwd, ['init', 'full', '--yes']);
  t.is(exitCode, 2);
  t.regex(stderr, /not empty \(thesis\.txt\)/);
  t.deepEqual(await readdir(join(cwd, 'full')), ['thesis.txt']);
});

test.serial('wrong settings and an unknown lab are errors of the user, and nothing is written', async (t) => {
  const cwd = await temporaryFolder(t);
  const wrong = await quintet(cwd, ['init', 'x', '--yes', '--set', 'vrrp.timming=fast', '--set', 'ports.app=0']);
  t.is(wrong.exitCode, 2);
  t.regex(wrong.stderr, /2 mistakes|timming[\s\S]*did you mean timing/);
  const unknown = await quintet(cwd, ['init', 'x', '--yes', '--lab', 'scale-upp']);
  t.is(unknown.exitCode, 2);
  t.regex(unknown.stderr, /scale-up/);
  t.deepEqual(await readdir(cwd), []);
});

test.serial('every mistake in lab.yaml is shown with its line; as JSON too', async (t) => {
  const lab = await madeLab(t);
  await writeFile(join(lab, 'lab.yaml'), 'name: x\ntitel: y\nports:\n  app: 70000\n');
  const { exitCode, stderr } = await quintet(lab, ['validate']);
  t.is(exitCode, 2);
  t.regex(stderr, /lab\.yaml:2:1 error[\s\S]*did you mean title\?/);
  t.regex(stderr, /lab\.yaml:4:8 error/);
  const asJson = await quintet(lab, ['validate', '--format', 'json']);
  t.is(asJson.exitCode, 2);
  t.is((JSON.parse(asJson.stdout) as { problems: unknown[] }).problems.length, 2);
});

test.serial('every mistake in a scenario is shown with its line; as JSON too', async (t) => {
  const lab = await madeLab(t);
  const right = await quintet(lab, ['validate']);
  t.is(await readFile(join(lab, scenarioSchemaPath), 'utf8'), scenarioJsonSchema());
  t.regex(right.stdout, /lab\.yaml is right, its \d\d scenarios too; 5 machines/);
  const wrong =
    'id: mine\ntitle: x\nwhy: x\nfaults:\n  - {fault: powercut, target: web, for: 1 s}\nexpect: {site: {outageAtMost: 1}}\n';
  await writeFile(join(lab, 'scenarios', 'mine.yaml'), wrong);
  const { exitCode, stderr } = await quintet(lab, ['validate']);
  t.is(exitCode, 2);
  t.regex(stderr, /mine\.yaml:5:13 error[\s\S]*did you mean power-cut\?/);
  t.regex(stderr, /mine\.yaml:6:31 error/);
  const asJson = await quintet(lab, ['validate', '--format', 'json']);
  t.is(asJson.exitCode, 2);
  t.like(JSON.parse(asJson.stdout), { valid: false, problems: [{ line: 5 }, { line: 6 }] });
});

test.serial('generate keeps what the user edited, and refuses where nobody can be asked', async (t) => {
  const lab = await madeLab(t);
  const config = join(lab, 'machines', 'web', 'etc', 'nginx', 'nginx.conf');
  await writeFile(config, '# mine\n');
  await writeFile(
    join(lab, 'lab.yaml'),
    (await readFile(join(lab, 'lab.yaml'), 'utf8')).replace('app: 3000', 'app: 3001'),
  );
  const dry = await quintet(lab, ['generate', '--dry-run']);
  t.is(dry.exitCode, 0, dry.stderr);
  t.regex(dry.stdout, /^\+.*3001/m);
  t.is(await readFile(config, 'utf8'), '# mine\n');
  const refused = await quintet(lab, ['generate']);
  t.is(refused.exitCode, 2);
  t.regex(refused.stderr, /machines\/web\/etc\/nginx\/nginx\.conf/);
  t.is(await readFile(config, 'utf8'), '# mine\n');
  const forced = await quintet(lab, ['generate', '--force']);
  t.is(forced.exitCode, 0, forced.stderr);
  t.not(await readFile(config, 'utf8'), '# mine\n');
  t.is(await readFile(`${config}.orig`, 'utf8'), '# mine\n');
});

test.serial('the picture, the catalogue and the scenarios go to standard output alone', async (t) => {
  const lab = await madeLab(t);
  const svg = await quintet(lab, ['graph']);
  t.true(svg.stdout.startsWith('<svg '));
  t.is(svg.stdout, await readFile(join(lab, 'topology.svg'), 'utf8'));
  t.true((await quintet(lab, ['graph', '--format', 'mermaid'])).stdout.startsWith('flowchart'));
  const listed = JSON.parse((await quintet(lab, ['verify', '--list', '--format', 'json'])).stdout) as { id: string }[];
  t.true(listed.some(({ id }) => id === 'power-cut'));
  const labs = JSON.parse((await quintet(lab, ['labs', '--format', 'json'])).stdout) as { name: string }[];
  t.true(labs.some(({ name }) => name === 'scale-up'));
});

test.serial('an unknown machine or scenario is told with those that exist', async (t) => {
  const lab = await madeLab(t);
  t.regex(
    (await quintet(lab, ['logs', 'wbe', '--provision'])).stderr,
    /no machine called wbe[\s\S]*Did you mean web\?/,
  );
  const verified = await quintet(lab, ['verify', 'power-cutt']);
  t.is(verified.exitCode, 2);
  t.regex(verified.stderr, /Did you mean power-cut\?/);
});

test.serial('destroy asks, and without anybody to ask wants --yes', async (t) => {
  const lab = await madeLab(t);
  const { exitCode, stderr } = await quintet(lab, ['destroy']);
  t.is(exitCode, 2);
  t.regex(stderr, /--yes/);
});

test.serial('a Node.js that is too old is told so by words', async (t) => {
  const script = `Object.defineProperty(process.versions, 'node', { value: '18.20.1' }); require(${JSON.stringify(executable)});`;
  const { exitCode, stderr } = await run([process.execPath, '-e', script]);
  t.is(exitCode, 3);
  t.regex(stderr, /Node\.js 18\.20\.1 is too old: Quintet needs 20\.17 or newer/);
});

test.serial('a checkout that was not built says how to build it', async (t) => {
  const folder = await temporaryFolder(t);
  await cp(resolve('bin'), join(folder, 'bin'), { recursive: true });
  const { exitCode, stderr } = await run([process.execPath, join(folder, 'bin', 'quintet.js'), '--help']);
  t.is(exitCode, 3);
  t.regex(stderr, /npm run build/);
});
