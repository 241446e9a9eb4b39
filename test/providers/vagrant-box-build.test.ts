import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { must } from '../../src/host/command.js';
import { bootCore, bootSector } from '../../src/providers/vagrant/box-build/bios-boot.js';
import { formatOf } from '../../src/providers/vagrant/box-build/box-formats.js';
import { architectureOf, type BoxOrder, boxFileName } from '../../src/providers/vagrant/box-build/box-order.js';
import {
  efiLoader,
  finishScript,
  packagesScript,
  rootUuid,
} from '../../src/providers/vagrant/box-build/box-scripts.js';
import {
  biosPartition,
  diskBytes,
  diskGibibytes,
  efiPartition,
  partitionTable,
  rootPartition,
  sectorBytes,
} from '../../src/providers/vagrant/box-build/disk-layout.js';
import { requireBuilder } from '../../src/providers/vagrant/box-build/host-packages.js';
import { needs } from '../rig/needs.js';

const order: BoxOrder = {
  provider: 'virtualbox',
  architecture: 'amd64',
  system: 'debian-13',
  app: { runtime: 'node' },
  database: { engine: 'mysql' },
  output: '/boxes/one.box',
};

test('a box is called by all that tells it from another', (t) => {
  t.is(boxFileName(order), 'quintet-debian-13-mysql-node-virtualbox-amd64.box');
  t.is(architectureOf('x64'), 'amd64');
  t.is(architectureOf('arm64'), 'arm64');
  t.is(architectureOf('riscv64'), undefined);
});

test('partitions lie one behind the other on whole mebibytes, and leave room for the table and its copy', (t) => {
  const partitions = [biosPartition, efiPartition, rootPartition];
  t.is(biosPartition.start, 2048);
  for (const [index, { start, size }] of partitions.entries()) {
    t.is((start * sectorBytes) % (1 << 20), 0);
    const end = partitions[index + 1]?.start ?? diskBytes / sectorBytes - 2048;
    t.is(start + size, end);
  }
});

needs('sfdisk')('sfdisk makes of it a table that it finds nothing wrong with', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const disk = join(folder, 'disk');
  await writeFile(disk, '');
  await truncate(disk, diskBytes);
  await must(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', disk], { input: partitionTable });
  t.regex(await must(['sfdisk', '--verify', disk]), /No errors detected/);
  const found = JSON.parse(await must(['sfdisk', '--json', disk])).partitiontable.partitions as { name: string }[];
  t.deepEqual(
    found.map(({ name }) => name),
    ['bios', 'efi', 'root'],
  );
});

test('the boot sector is told where the core lies, and leaves the partition table alone', (t) => {
  const sector = bootSector(new Uint8Array(512).fill(7), 2048);
  t.is(sector.length, 440);
  t.is(Buffer.from(sector).readBigUInt64LE(0x5c), 2048n);
  t.is(sector[0], 7);
  t.throws(() => bootSector(new Uint8Array(100), 2048));
});

test('the core is told where the rest of it lies and how long that is', (t) => {
  const core = Buffer.from(bootCore(new Uint8Array(3 * 512 + 1).fill(9), 2048, 2048));
  t.is(core.length, 4 * 512);
  t.is(core.readBigUInt64LE(500), 2049n);
  t.is(core.readUInt16LE(508), 3);
  t.is(core[3 * 512], 9);
  t.is(core[3 * 512 + 1], 0);
  t.throws(() => bootCore(new Uint8Array(2049 * 512), 2048, 2048), undefined, 'larger than its partition');
  t.throws(() => bootCore(new Uint8Array(12), 2048, 2048));
});

test('a box has a kernel, a loader for each firmware, and the packages of every role', (t) => {
  const packages = packagesScript(order);
  for (const name of [
    'linux-image-amd64',
    'grub-pc-bin',
    'grub-efi-amd64-bin',
    'haproxy',
    'keepalived',
    'nginx',
    'nodejs',
  ])
    t.regex(packages, new RegExp(`^ *local wanted=\\(.*\\b${name}\\b`, 'm'), name);
  t.regex(packages, /local wanted_from_sid=\(mysql-server\)/);
  t.notRegex(packagesScript({ ...order, database: { engine: 'mariadb' } }), /wanted_from_sid=\(mysql/);
  t.regex(finishScript('amd64'), /--format=i386-pc[\s\S]*--format=x86_64-efi/);
  t.notRegex(finishScript('arm64'), /i386-pc/);
  t.is(efiLoader('amd64'), 'BOOTX64.EFI');
  t.is(efiLoader('arm64'), 'BOOTAA64.EFI');
  t.regex(finishScript('arm64'), new RegExp(`root=UUID=${rootUuid}.*console=ttyAMA0`));
});

needs('bash')('the scripts of a box are sound shell', async (t) => {
  for (const text of [packagesScript(order), finishScript('amd64'), finishScript('arm64')])
    t.is(await must(['bash', '-n'], { input: text }), '');
});

test('VirtualBox is told of the disk in OVF, libvirt in the metadata', (t) => {
  const virtualbox = formatOf('virtualbox').files(order, 1234);
  t.like(JSON.parse(virtualbox.get('metadata.json') ?? ''), { provider: 'virtualbox', architecture: 'amd64' });
  const ovf = virtualbox.get('box.ovf') ?? '';
  t.regex(ovf, /ovf:href="box-disk001.vmdk" ovf:size="1234"/);
  t.true(ovf.includes(`ovf:capacity="${diskBytes}"`));
  t.regex(ovf, /<rasd:ResourceSubType>AHCI</);
  t.notRegex(ovf, /EFI/);
  const arm = formatOf('virtualbox').files({ ...order, architecture: 'arm64' }, 1);
  t.regex(arm.get('box.ovf') ?? '', /Debian_arm64[\s\S]*<Firmware type="EFI"\/>/);

  const libvirt = formatOf('libvirt').files({ ...order, provider: 'libvirt' }, 1234);
  t.like(JSON.parse(libvirt.get('metadata.json') ?? ''), {
    provider: 'libvirt',
    format: 'qcow2',
    virtual_size: diskGibibytes,
  });
  t.false(libvirt.has('box.ovf'));
});

test('boxes are built on Linux by root, and whoever can not is told what to do', (t) => {
  t.notThrows(() => requireBuilder('linux', 0));
  t.regex((t.throws(() => requireBuilder('linux', 1000)) as { hint?: string }).hint ?? '', /sudo/);
  t.regex((t.throws(() => requireBuilder('win32', undefined)) as { hint?: string }).hint ?? '', /Linux computer/);
});
