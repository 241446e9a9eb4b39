import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { boxFolderName, installedBoxes } from '../../src/providers/vagrant/installed-boxes.js';
import { temporaryFolder } from '../rig/temporary.js';

test('boxes are found with and without an architecture', async (t) => {
  const home = await temporaryFolder(t);
  const box = async (...parts: string[]) => {
    const folder = join(home, 'boxes', 'bento-VAGRANTSLASH-debian-13', ...parts);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'metadata.json'), '{}');
  };
  await box('202510.26.0', 'arm64', 'virtualbox');
  await box('202510.26.0', 'amd64', 'libvirt');
  await box('0', 'virtualbox');
  await writeFile(join(home, 'boxes', 'bento-VAGRANTSLASH-debian-13', 'metadata_url'), 'https://example.test');
  t.deepEqual(await installedBoxes(home, 'bento/debian-13'), [
    { provider: 'virtualbox', version: '0' },
    { provider: 'libvirt', version: '202510.26.0', architecture: 'amd64' },
    { provider: 'virtualbox', version: '202510.26.0', architecture: 'arm64' },
  ]);
  t.deepEqual(await installedBoxes(home, 'bento/debian-12'), []);
  t.deepEqual(await installedBoxes(join(home, 'nowhere'), 'bento/debian-13'), []);
});

test('a box has the folder that Vagrant gives it', (t) => {
  t.is(boxFolderName('bento/debian-13', 'linux'), 'bento-VAGRANTSLASH-debian-13');
  t.is(boxFolderName('own:box', 'linux'), 'own:box');
  t.is(boxFolderName('own:box/x', 'win32'), 'own-VAGRANTCOLON-box-VAGRANTSLASH-x');
});
