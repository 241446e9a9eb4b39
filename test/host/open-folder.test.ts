import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { must } from '../../src/host/command.js';
import { OpenFolder } from '../../src/host/open-folder.js';
import { ComputerError, InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';

/** Both ways to go: from an open folder to the next, as on Linux, and by looking at each part of a path, as elsewhere. */
const ways = process.platform === 'linux' ? [true, false] : [false];

const opened = async (t: ExecutionContext, held: boolean) => {
  const folder = await temporaryFolder(t);
  const root = join(folder, 'root');
  await mkdir(join(root, 'below'), { recursive: true });
  await mkdir(join(folder, 'outside'));
  await writeFile(join(folder, 'outside', 'file'), 'outside');
  const one = OpenFolder.open(root, held);
  if (one === undefined) throw new Error('it is there');
  t.teardown(() => one.close());
  return { folder, root, one };
};

for (const held of ways) {
  const how = held ? 'held open' : 'looked at';

  test(`a folder that is ${how}: links are neither entered, read, written nor grown`, async (t) => {
    const { folder, root, one } = await opened(t, held);
    await symlink(join(folder, 'outside'), join(root, 'folder'));
    await symlink(join(folder, 'outside', 'file'), join(root, 'file'));
    t.is(one.kind('folder'), 'link');
    t.throws(() => one.folder('folder'), {
      instanceOf: InputError,
      message: /root\/folder is not a plain folder but a link/,
    });
    t.throws(() => one.madeFolder('folder', 0o700), { instanceOf: InputError });
    t.throws(() => one.read('file', 100), {
      instanceOf: InputError,
      message: /root\/file is not a plain file but a link/,
    });
    t.throws(() => one.chmod('file', () => 0o600), { instanceOf: InputError });
    await t.throwsAsync(one.write('file', 'new', 0o644), { instanceOf: InputError });
    await t.throwsAsync(one.appending('file', 0o644), { instanceOf: InputError });
    t.is(await readFile(join(folder, 'outside', 'file'), 'utf8'), 'outside');
  });

  test(`a folder that is ${how}: a link is removed, and not what it leads to`, async (t) => {
    const { folder, root, one } = await opened(t, held);
    await symlink(join(folder, 'outside'), join(root, 'below', 'link'));
    one.remove('below');
    one.remove('nothing');
    t.deepEqual(await readdir(root), []);
    t.deepEqual(await readdir(join(folder, 'outside')), ['file']);
  });

  test(`a folder that is ${how}: pipes and folders are no files`, async (t) => {
    const { root, one } = await opened(t, held);
    await must(['mkfifo', join(root, 'pipe')]);
    t.throws(() => one.read('pipe', 100), { instanceOf: InputError, message: /but a pipe/ });
    await t.throwsAsync(one.appending('pipe', 0o644), { instanceOf: InputError, message: /but a pipe/ });
    await t.throwsAsync(one.write('pipe', '', 0o644), { instanceOf: InputError, message: /but a pipe/ });
    t.throws(() => one.read('below', 100), { instanceOf: ComputerError, message: /there is a folder where a file/ });
    await t.throwsAsync(one.write('below', '', 0o644), { instanceOf: ComputerError, message: /there is a folder/ });
    t.true((await lstat(join(root, 'pipe'))).isFIFO());
  });

  test(`a folder that is ${how}: files are read with their modes, up to a size`, async (t) => {
    const { root, one } = await opened(t, held);
    await one.write('file', 'ten bytes.', 0o640);
    t.deepEqual(one.read('file', 10), { content: Buffer.from('ten bytes.'), mode: 0o640 });
    t.throws(() => one.read('file', 9), { instanceOf: InputError, message: /is larger than/ });
    t.is(one.read('none', 10), undefined);
    t.is(one.folder('none'), undefined);
    one.chmod('file', (mode) => mode & 0o700);
    t.is((await stat(join(root, 'file'))).mode & 0o777, 0o600);
    t.deepEqual(one.names(), ['below', 'file']);
  });

  test(`a folder that is ${how}: what is made there has the mode asked for, also when it was there`, async (t) => {
    const { root, one } = await opened(t, held);
    await chmod(join(root, 'below'), 0o755);
    for (const name of ['below', 'new']) {
      one.madeFolder(name, 0o700).use((folder) => t.is(folder.path, join(root, name)));
      t.is((await stat(join(root, name))).mode & 0o777, 0o700);
    }
    await writeFile(join(root, 'file'), '');
    t.throws(() => one.madeFolder('file'), { instanceOf: ComputerError, message: /a file where a folder should be/ });
  });

  test(`a folder that is ${how}: no name leads out of it`, async (t) => {
    const { one } = await opened(t, held);
    for (const name of ['..', '.', '', 'below/..', '../outside', 'a\0b']) {
      t.throws(() => one.read(name, 100), undefined, name);
      t.throws(() => one.remove(name), undefined, name);
    }
  });
}
