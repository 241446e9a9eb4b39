import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { must } from '../../src/host/command.js';
import { tarOf } from '../../src/providers/tar.js';
import { parcelOf } from '../../src/providers/vagrant/upload.js';
import { temporaryFolder } from '../rig/temporary.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('tar unpacks what was packed, bytes and paths', async (t) => {
  const folder = await temporaryFolder(t);
  const long = `${'a'.repeat(90)}/${'b'.repeat(90)}`;
  const files = new Map([
    ['provision.sh', bytes('echo "ä"\n')],
    ['etc/empty', bytes('')],
    ['etc/a name with $(touch x) and \'quotes"', bytes('x'.repeat(512))],
    [long, new Uint8Array([0, 255, 10, 13, 0])],
  ]);
  await writeFile(join(folder, 'a.tar'), tarOf(files));
  await must(['tar', '--extract', `--directory=${folder}`, '--file', join(folder, 'a.tar')]);
  for (const [path, content] of files) t.deepEqual(new Uint8Array(await readFile(join(folder, path))), content);
});

test('what is unpacked is for its owner alone and belongs to root', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'a.tar'), tarOf(new Map([['etc/key', bytes('secret')]])));
  const listing = await must(['tar', '--list', '--verbose', '--numeric-owner', '--file', join(folder, 'a.tar')]);
  t.deepEqual(
    listing
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 3).join(' ')),
    ['drwx------ 0/0 0', '-rw------- 0/0 6'],
  );
});

test('a path that is too long for the format is kept all the same', async (t) => {
  const folder = await temporaryFolder(t);
  const path = `${'folder/'.repeat(30)}${'x'.repeat(200)}`;
  await writeFile(join(folder, 'a.tar'), tarOf(new Map([[path, bytes('deep')]])));
  await must(['tar', '--extract', `--directory=${folder}`, '--file', join(folder, 'a.tar')]);
  t.is(await readFile(join(folder, path), 'utf8'), 'deep');
});

test('a parcel replaces the folder by other files', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "quintet parcel '$(x)' "));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const to = join(folder, 'to');
  await must(['mkdir', '-p', `${to}/old`]);
  const { argv, input } = parcelOf(new Map(['etc/both', 'etc/one'].map((path) => [path, bytes(path)])), to);
  await must(argv, { input });
  const found = await must(['find', to, '-printf', '%P %m\n']);
  t.deepEqual(found.trim().split('\n').sort(), ['700', 'etc 700', 'etc/both 600', 'etc/one 600'].sort());
  t.is(await readFile(join(to, 'etc/both'), 'utf8'), 'etc/both');
});
