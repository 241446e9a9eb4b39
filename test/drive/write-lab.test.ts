import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { writeLab } from '../../src/drive/write-lab.js';
import { InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';

const conf = 'machines/web/etc/nginx/nginx.conf';
const first = new Map([
  ['Vagrantfile', 'v1\n'],
  ['machines/web/provision.sh', 'echo 1\n'],
  [conf, 'worker 1;\n'],
]);
const second = new Map(first).set(conf, 'worker 2;\n');

const text = (folder: string, path: string) => readFile(join(folder, path), 'utf8');

test('a lab is written with its scripts executable and its own state for its owner alone', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  t.is(await text(folder, conf), 'worker 1;\n');
  t.is((await stat(join(folder, 'machines/web/provision.sh'))).mode & 0o777, 0o755);
  t.is((await stat(join(folder, conf))).mode & 0o777, 0o644);
  t.is((await stat(join(folder, '.quintet'))).mode & 0o777, 0o700);
  t.is((await stat(join(folder, '.quintet/generated.json'))).mode & 0o777, 0o600);
});

test('writing the same again touches nothing', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  const before = (await stat(join(folder, conf))).mtimeMs;
  const { changes } = await writeLab(folder, first);
  t.true(changes.every(({ kind }) => kind === 'unchanged'));
  t.is((await stat(join(folder, conf))).mtimeMs, before);
});

test('what the user left alone follows the lab file without a question', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  const { changes } = await writeLab(folder, second);
  t.is(await text(folder, conf), 'worker 2;\n');
  t.deepEqual(
    changes.filter(({ kind }) => kind === 'update').map(({ path }) => path),
    [conf],
  );
});

test('an edited file is refused by name where nobody can be asked, and nothing at all is written', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeFile(join(folder, conf), 'mine;\n');
  const error = await t.throwsAsync(writeLab(folder, new Map(second).set('Vagrantfile', 'v2\n')), {
    instanceOf: InputError,
  });
  t.true(error.message.includes(conf));
  t.truthy(error.hint?.includes('--force'));
  t.is(await text(folder, conf), 'mine;\n');
  t.is(await text(folder, 'Vagrantfile'), 'v1\n');
});

test('a person is shown the difference, keeps their text and is not asked about it again', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeFile(join(folder, conf), 'mine;\n');
  const shown: string[] = [];
  const ask = async (path: string, diff: string) => {
    shown.push(path, diff);
    return 'mine' as const;
  };
  await writeLab(folder, second, { ask });
  t.is(shown[0], conf);
  t.true(shown[1]?.includes('-mine;\n+worker 2;'));
  t.is(await text(folder, conf), 'mine;\n');
  await writeLab(folder, second, { ask });
  t.is(shown.length, 2);
});

test('a person who takes the generated text still finds their own beside it', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeFile(join(folder, conf), 'mine;\n');
  const { backups } = await writeLab(folder, second, { ask: async () => 'generated' });
  t.deepEqual(backups, [`${conf}.orig`]);
  t.is(await text(folder, conf), 'worker 2;\n');
  t.is(await text(folder, `${conf}.orig`), 'mine;\n');
});

test('force loses nothing however often it is used', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  for (const mine of ['mine 1\n', 'mine 2\n', 'mine 2\n', 'mine 3\n']) {
    await writeFile(join(folder, conf), mine);
    await writeLab(folder, second, { force: true });
    t.is(await text(folder, conf), 'worker 2;\n');
  }
  const kept = (await readdir(join(folder, 'machines/web/etc/nginx'))).filter((name) => name.includes('.orig'));
  const texts = await Promise.all(kept.sort().map((name) => text(folder, `machines/web/etc/nginx/${name}`)));
  t.deepEqual(texts, ['mine 1\n', 'mine 2\n', 'mine 3\n']);
});

test('a dry run says what would change and changes nothing', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeFile(join(folder, conf), 'mine;\n');
  const { changes } = await writeLab(folder, second, { dryRun: true });
  t.is(changes.find(({ path }) => path === conf)?.kind, 'conflict');
  t.is(await text(folder, conf), 'mine;\n');
});

test('files of a machine that is no longer there go, with the folders they leave empty', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeLab(folder, new Map([['Vagrantfile', 'v1\n']]));
  t.deepEqual((await readdir(folder)).sort(), ['.quintet', 'Vagrantfile']);
});

test('an edited file that is rendered no more stays', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await writeFile(join(folder, conf), 'mine;\n');
  await writeLab(folder, new Map([['Vagrantfile', 'v1\n']]));
  t.is(await text(folder, conf), 'mine;\n');
});

test('lab.yaml is the user’s: never written, never removed', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'lab.yaml'), 'name: mine\n');
  await writeLab(folder, new Map([...first, ['lab.yaml', 'name: other\n']]));
  await writeLab(folder, first);
  t.is(await text(folder, 'lab.yaml'), 'name: mine\n');
});

for (const [title, damage] of [
  ['missing', (path: string) => rm(path)],
  ['half-written', (path: string) => writeFile(path, '{"version":1,"fil')],
  ['of another shape', (path: string) => writeFile(path, '{"files":{"Vagrantfile":7},"version":1}')],
] as const) {
  test(`a record that is ${title} makes Quintet careful, not wrong`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeLab(folder, first);
    await damage(join(folder, '.quintet/generated.json'));
    const error = await t.throwsAsync(writeLab(folder, second), { instanceOf: InputError });
    t.true(error.message.includes(conf));
    await writeLab(folder, first);
    await t.notThrowsAsync(writeLab(folder, second));
  });
}

test('a file that can’t be written leaves every other file old or new, and running again finishes', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLab(folder, first);
  await mkdir(join(folder, 'README.md'));
  const wanted = new Map(second).set('README.md', 'hello\n');
  await t.throwsAsync(writeLab(folder, wanted), { message: /README.md/ });
  await rm(join(folder, 'README.md'), { recursive: true });
  await writeLab(folder, wanted);
  t.is(await text(folder, conf), 'worker 2;\n');
  t.is(await text(folder, 'README.md'), 'hello\n');
});

test('a path that leads out of the lab is a bug', async (t) => {
  const folder = await temporaryFolder(t);
  await t.throwsAsync(writeLab(folder, new Map([['../evil', '']])), { message: /not a path inside the lab/ });
});
