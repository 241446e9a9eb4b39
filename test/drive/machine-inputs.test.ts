import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { filesFor, inputsOf } from '../../src/drive/machine-inputs.js';
import { InputError } from '../../src/model/errors.js';
import { ownApplication } from '../rig/own-application.js';
import { siteWith } from '../rig/site.js';

const machines = { one: { roles: ['app'] }, two: { roles: ['web'] } };

const labWith = async (t: Parameters<typeof siteWith>[0]) =>
  siteWith(t, ['one', 'two'], { machines, app: ownApplication });

test('an application of one’s own goes to the machines that run it, without history and links of packages', async (t) => {
  const { site, write } = await labWith(t);
  for (const file of ['app.py', 'lib/a.py', '.git/config']) await write(`app/${file}`, `${file}\n`);
  await mkdir(join(site.folder, 'app/node_modules/.bin'), { recursive: true });
  await symlink('../a/run.js', join(site.folder, 'app/node_modules/.bin/run'));
  const sent = (machine: string) => [...filesFor(site, machine).keys()].filter((path) => path.startsWith('app-'));
  t.deepEqual(sent('one'), ['app-source/app.py', 'app-source/lib/a.py']);
  t.deepEqual(sent('two'), []);
});

test('a change of it is a reason to provision those machines again, and no others', async (t) => {
  const { site, write } = await labWith(t);
  await write('app/app.py', 'one\n');
  const hashes = async () => [(await inputsOf(site, 'one', true)).files, (await inputsOf(site, 'two', true)).files];
  const before = await hashes();
  await write('app/app.py', 'two\n');
  const after = await hashes();
  t.not(after[0], before[0]);
  t.is(after[1], before[1]);
});

test('a link in it is refused, and so are a folder that is not there and one that is empty', async (t) => {
  const { site, write } = await labWith(t);
  const refused = (machine = 'one') => t.throws(() => filesFor(site, machine), { instanceOf: InputError });
  t.regex(refused()?.message ?? '', /app is not there/);
  t.regex(refused()?.hint ?? '', /app\.source/);
  await mkdir(join(site.folder, 'app'));
  t.regex(refused()?.message ?? '', /app is empty/);
  await write('app/app.py', 'x\n');
  await symlink('/etc/shadow', join(site.folder, 'app/secret'));
  t.regex(refused()?.message ?? '', /secret is not a plain file but a link/);
});
