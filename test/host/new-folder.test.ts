import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createFolder, type FolderKind } from '../../src/host/new-folder.js';
import { InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';

const kind: FolderKind = {
  marker: 'WHOLE',
  prefix: '.making-',
  parts: ['part', 'WHOLE'],
  taken: (folder) => new InputError(`${folder} is one already`),
};
const filled = (text: string) => async (folder: string) => {
  await writeFile(join(folder, 'part'), text);
  await writeFile(join(folder, 'WHOLE'), '');
};
const part = (folder: string) => readFile(join(folder, 'part'), 'utf8');

test('one that is there is replaced only when that was asked for', async (t) => {
  const parent = await temporaryFolder(t);
  const folder = join(parent, 'one');
  await createFolder(kind, folder, filled('old'));
  await t.throwsAsync(createFolder(kind, folder, filled('new')), { instanceOf: InputError, message: /already/ });
  t.is(await part(folder), 'old');
  await createFolder(kind, folder, filled('new'), { replace: true });
  t.is(await part(folder), 'new');
  t.deepEqual(await readdir(parent), ['one']);
});

test('one stays as it was when its replacement fails', async (t) => {
  const parent = await temporaryFolder(t);
  const folder = join(parent, 'one');
  await createFolder(kind, folder, filled('old'));
  const failing = async (temporary: string) => {
    await filled('half')(temporary);
    throw new Error('unplugged');
  };
  await t.throwsAsync(createFolder(kind, folder, failing, { replace: true }), { message: 'unplugged' });
  t.is(await part(folder), 'old');
  t.deepEqual(await readdir(parent), ['one']);
});

test('to replace never means to remove what is something else', async (t) => {
  const folder = join(await temporaryFolder(t), 'photos');
  await mkdir(folder);
  await writeFile(join(folder, 'holiday.jpg'), '');
  const refused = createFolder(kind, folder, filled('new'), { replace: true });
  await t.throwsAsync(refused, { instanceOf: InputError, message: /not empty \(holiday\.jpg\)/ });
  t.deepEqual(await readdir(folder), ['holiday.jpg']);
});
