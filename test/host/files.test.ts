import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { must } from '../../src/host/command.js';
import {
  ensureDir,
  fileError,
  filesBelow,
  freeBytes,
  namesIn,
  readIfAny,
  removeTree,
  writeFileAtomic,
} from '../../src/host/files.js';
import { ComputerError } from '../../src/model/errors.js';
import { needs } from '../rig/needs.js';
import { moduleOf, nodeArgv } from '../rig/source.js';
import { temporaryFolder } from '../rig/temporary.js';

test('a file is replaced as a whole and gets the mode asked for', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.conf');
  await writeFileAtomic(path, 'one');
  await writeFileAtomic(path, 'two', 0o600);
  t.is(await readFile(path, 'utf8'), 'two');
  t.is((await stat(path)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(folder), ['a.conf']);
});

test('the mode asked for holds whatever the umask', async (t) => {
  const folder = await temporaryFolder(t);
  const file = JSON.stringify(moduleOf('src/host/files.ts'));
  const script = `process.umask(0o077); const { writeFileAtomic } = await import(${file});
    await writeFileAtomic(${JSON.stringify(join(folder, 'run.sh'))}, '', 0o755);`;
  await must([...nodeArgv, '--input-type=module', '-e', script], { timeoutMs: 30_000 });
  t.is((await stat(join(folder, 'run.sh'))).mode & 0o777, 0o755);
});

test('a link is replaced, and what it points to is left alone', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'target'), 'precious');
  await symlink('target', join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), 'new');
  t.is(await readFile(join(folder, 'target'), 'utf8'), 'precious');
  t.is(await readFile(join(folder, 'link'), 'utf8'), 'new');
});

test('a write that fails is an error of this computer with a hint and leaves no temporary file', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'taken'));
  const error = await t.throwsAsync(writeFileAtomic(join(folder, 'taken'), 'text'), { instanceOf: ComputerError });
  t.regex(error.message, /Can't write .*taken: there is a folder/);
  t.truthy(error.hint);
  t.is((error.cause as NodeJS.ErrnoException).code, 'EISDIR');
  t.deepEqual(await readdir(folder), ['taken']);
});

needs('root', 'mount')('a full disk keeps the old file whole and says so', async (t) => {
  const folder = await temporaryFolder(t);
  await must(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'quintet-test', folder]);
  t.teardown(() => must(['umount', folder]));
  const path = join(folder, 'file');
  await writeFileAtomic(path, 'old');
  const error = await t.throwsAsync(writeFileAtomic(path, 'x'.repeat(200_000)), { instanceOf: ComputerError });
  t.regex(error.message, /the disk is full/);
  t.truthy(error.hint);
  t.is(await readFile(path, 'utf8'), 'old');
  t.deepEqual(await readdir(folder), ['file']);
});

needs('root', 'mount')('a read-only disk is told in words', async (t) => {
  const folder = await temporaryFolder(t);
  await must(['mount', '-t', 'tmpfs', '-o', 'ro,size=64k', 'quintet-test', folder]);
  t.teardown(() => must(['umount', folder]));
  const error = await t.throwsAsync(ensureDir(join(folder, 'lab')), { instanceOf: ComputerError });
  t.regex(error.message, /read-only/);
});

for (const [code, words] of [
  ['ENOSPC', /disk is full/],
  ['EDQUOT', /quota/],
  ['EACCES', /permission denied/],
  ['EROFS', /read-only/],
  ['ESTRANGE', /ESTRANGE/],
] as const) {
  test(`${code} becomes an error of this computer`, (t) => {
    const error = fileError('write', '/a', Object.assign(new Error('no'), { code, syscall: 'write' }));
    t.true(error instanceof ComputerError);
    t.regex((error as Error).message, words);
  });
}

test('a bug stays a bug', (t) => {
  const bug = new TypeError('undefined is not a function');
  t.is(fileError('write', '/a', bug), bug);
});

test('what is not there reads as undefined and holds no files', async (t) => {
  const folder = await temporaryFolder(t);
  t.is(await readIfAny(join(folder, 'none')), undefined);
  t.deepEqual(await namesIn(join(folder, 'none')), []);
  t.deepEqual(await filesBelow(join(folder, 'none')), []);
  await t.notThrowsAsync(removeTree(join(folder, 'none')));
});

test('a folder gets its mode also when it was there already', async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755);
  await ensureDir(folder, 0o700);
  t.is((await stat(folder)).mode & 0o777, 0o700);
});

test('a file in the place of a folder is told in words', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'lab'), '');
  const error = await t.throwsAsync(ensureDir(join(folder, 'lab')), { instanceOf: ComputerError });
  t.regex(error.message, /a file where a folder should be/);
  await t.throwsAsync(ensureDir(join(folder, 'lab', 'below')), { instanceOf: ComputerError });
});

test('folders made by several at once are fine', async (t) => {
  const folder = await temporaryFolder(t);
  await t.notThrowsAsync(Promise.all(['x', 'y', 'z'].map((name) => ensureDir(join(folder, 'a/b/c', name)))));
});

test('all files below a folder are listed with their relative paths', async (t) => {
  const folder = await temporaryFolder(t);
  await ensureDir(join(folder, 'etc', 'nginx'));
  await writeFile(join(folder, 'etc', 'nginx', 'nginx.conf'), '');
  await writeFile(join(folder, 'b'), '');
  t.deepEqual(await filesBelow(folder), ['b', 'etc/nginx/nginx.conf']);
});

test('free space is counted in bytes', async (t) => {
  const folder = await temporaryFolder(t);
  const [, line] = (await must(['df', '--output=avail', '-B1', folder])).trim().split('\n');
  const free = await freeBytes(folder);
  t.true(Math.abs(free - Number(line)) < 1e9, `${free} is not near ${line}`);
});
