import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { boxFile } from '../../src/cli/bundle/box-file.js';
import { copyLab } from '../../src/cli/bundle/lab-copy.js';
import { rareLibraries } from '../../src/cli/bundle/node-binary.js';
import { releaseOf } from '../../src/cli/bundle/packages.js';
import { bytesOf, sumsOf } from '../../src/cli/bundle/sums.js';
import { run } from '../../src/host/command.js';
import { filesBelow } from '../../src/host/files.js';
import { InputError } from '../../src/model/errors.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { temporaryFolder } from '../rig/temporary.js';

const write = async (folder: string, ...paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${path}\n`);
  }
};

test('a lab is taken along without keys, state, reports, history and other bundles', async (t) => {
  const room = await temporaryFolder(t);
  const lab = join(room, 'lab');
  const taken = [
    '.gitignore',
    'lab.yaml',
    'machines/web/etc/nginx/reports/a',
    'machines/web/provision.sh',
    'notes/my.md',
  ];
  await write(lab, ...taken);
  await write(lab, '.quintet/id', '.quintet/machines/db/etc/quintet/database.password', '.vagrant/machines/db/id');
  await write(lab, 'reports/2026/report.html', '.git/config', 'copies/monday/.quintet/ca/ca.key');
  await write(lab, 'quintet-bundle/SHA256SUMS', 'quintet-bundle/base/x.tar.zst', 'sticks/one/SHA256SUMS');
  await write(lab, '.quintet-bundle.quintet-bundle-77/half', '.other.quintet-bundle-old-78/half');
  await copyLab(lab, join(room, 'copy'));
  t.deepEqual(await filesBelow(join(room, 'copy')), taken);
});

test('no link leads a copy to what is left out, and it is told', async (t) => {
  const room = await temporaryFolder(t);
  const lab = join(room, 'lab');
  await write(lab, 'lab.yaml', '.quintet/ca/ca.key');
  await symlink('.quintet', join(lab, 'keys'));
  await symlink('../.quintet/ca/ca.key', join(lab, 'key'));
  const left = await copyLab(lab, join(room, 'copy'));
  t.deepEqual(left.sort(), [join(lab, 'key'), join(lab, 'keys')]);
  t.deepEqual(await filesBelow(join(room, 'copy')), ['lab.yaml']);
});

needs('sha256sum')('the checksums are what sha256sum reads, and they find one changed byte', async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, 'a file', 'deep/er/file', 'größe');
  const sums = await sumsOf(folder);
  const check = async () =>
    (await run(['sha256sum', '--check', '--strict', '-'], { cwd: folder, input: sums })).exitCode;
  t.is(sums.split('\n').length, 4);
  t.is(await check(), 0);
  await writeFile(join(folder, 'a file'), 'a filf\n');
  t.is(await check(), 1);
});

test('a name that would be two lines of checksums is refused', async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, 'one\ntwo');
  await t.throwsAsync(sumsOf(folder), { instanceOf: InputError });
});

test('sizes count every file once', async (t) => {
  const folder = await temporaryFolder(t);
  await write(folder, 'a', 'b/c');
  t.is(await bytesOf(folder), 6);
  t.is(await bytesOf(join(folder, 'a')), 2);
});

const official = `	linux-vdso.so.1 (0x00007f38999cd000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f38999b6000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f3899600000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f38998d6000)
	libgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x00007f38998b6000)
	libpthread.so.0 => /lib/x86_64-linux-gnu/libpthread.so.0 (0x00007f38998b1000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f389941e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f38999cf000)
`;

test('a Node.js from nodejs.org needs nothing that a plain system lacks', (t) => {
  t.deepEqual(rareLibraries(official), []);
});

test('what a Node.js of a distribution is linked to is found', (t) => {
  const libraries = ['libnode.so.115', 'libcares.so.2', 'libatomic.so.1'];
  const linked = libraries.map((name) => `\t${name} => /lib/x86_64-linux-gnu/${name} (0x00007f)\n`).join('');
  t.deepEqual(
    rareLibraries(linked + official),
    libraries.map((name) => `/lib/x86_64-linux-gnu/${name}`),
  );
});

test('a release goes by its number, or by its code name before it has one', (t) => {
  t.is(
    releaseOf('PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'),
    'debian 12',
  );
  t.is(releaseOf('ID=ubuntu\nVERSION_ID="24.04"\nID_LIKE=debian\n'), 'ubuntu 24.04');
  t.is(releaseOf('ID=debian\nVERSION_CODENAME=forky\n'), 'debian forky');
});

test('a box is taken as the file it is, from beside lab.yaml too', (t) => {
  const file = (url: string | undefined) => {
    const box = url === undefined ? {} : { name: 'my/box', url };
    return boxFile({ folder: join('/labs', 'mine'), plan: planOf(labSchema.parse({ provider: 'virtualbox', box })) });
  };
  t.is(file('boxes/a b.box'), '/labs/mine/boxes/a b.box');
  t.is(file('file:///boxes/a%20b.box'), '/boxes/a b.box');
  t.is(file('https://example.org/a.box'), undefined);
  t.is(file(undefined), undefined);
});

const installer = join(import.meta.dirname, '..', '..', 'templates', 'bundle', 'install.sh');

needs('shellcheck')('shellcheck finds nothing in the installer', async (t) => {
  const { stdout } = await run(['shellcheck', '--shell=sh', installer]);
  t.is(stdout, '');
});

test('the installer refuses a folder without checksums, and what is no option of its', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'install.sh'), await readFile(installer));
  const half = await run(['sh', join(folder, 'install.sh')]);
  t.is(half.exitCode, 3);
  t.regex(half.stderr, /not whole/);
  const unknown = await run(['sh', join(folder, 'install.sh'), '--force']);
  t.is(unknown.exitCode, 2);
  t.regex(unknown.stderr, /not an option: --force\nusage/);
});
