import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { must, run } from '../../src/host/command.js';
import { ensureDir, exists, namesIn, removeTree } from '../../src/host/files.js';
import { needs } from '../rig/needs.js';
import { boot, type Disk, type Firmware } from '../rig/qemu.js';
import { quintet, words } from '../rig/quintet.js';
import { within } from '../rig/within.js';

/** Boxes as quintet box build makes them, started from nothing by either firmware, and given to real Vagrant. */
const builders = ['root', 'mmdebstrap', 'mke2fs', 'sfdisk', 'mkfs.vfat', 'mcopy', 'qemu-img'];
const real = needs(...builders, 'qemu-system-x86_64', 'vagrant');

/** The boxes are some hundred megabytes: they lie beside what Quintet keeps, not in a folder that may be memory. */
let folder = '';
test.before(async () => {
  await ensureDir('/var/lib/quintet/rig');
  folder = await mkdtemp('/var/lib/quintet/rig/boxes-');
});
test.after.always('the boxes go', () => removeTree(folder));

const bootMs = 10 * 60_000;

const boots = async (t: ExecutionContext, disk: Disk, firmware: Firmware): Promise<void> => {
  const machine = await boot(disk, firmware, folder);
  const began = performance.now();
  try {
    const asks = async () => (await machine.console()).includes('login: ');
    t.true(await within(bootMs, asks), `a login on the serial port:\n${(await machine.console()).slice(-2000)}`);
    t.true(await within(120_000, async () => /^SSH-2\.0-/.test((await machine.greeting()) ?? '')), 'SSH answers');
    t.log(`${firmware}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  } finally {
    await machine.stop();
  }
};

const unpacked = async (box: string): Promise<string> => {
  const parts = `${box}.parts`;
  await ensureDir(parts);
  await must(['tar', '--extract', `--file=${box}`, '-C', parts]);
  return parts;
};

const isAccepted = async (t: ExecutionContext, box: string, provider: string): Promise<void> => {
  const env = { VAGRANT_HOME: join(folder, 'vagrant'), VAGRANT_CHECKPOINT_DISABLE: '1' };
  const words = ['--name', 'quintet/test', '--provider', provider, box];
  const result = await run(['vagrant', 'box', 'add', ...words], { env });
  t.is(result.exitCode, 0, result.stderr);
  t.regex(await must(['vagrant', 'box', 'list'], { env }), new RegExp(`quintet/test +\\(${provider}, 0\\)`));
};

const built = async (t: ExecutionContext, provider: string): Promise<string> => {
  const box = join(folder, `${provider}.box`);
  const result = await quintet(folder, 'box', 'build', '--provider', provider, '--output', box);
  t.is(result.exitCode, 0, words(result));
  t.is(result.stdout.trim(), box);
  t.deepEqual(await namesIn('/var/lib/quintet/boxes'), [], 'nothing of the build is left');
  return box;
};

real('a box for libvirt boots from BIOS and from EFI firmware, and Vagrant takes it', async (t) => {
  t.timeout(30 * 60_000);
  const box = await built(t, 'libvirt');
  await isAccepted(t, box, 'libvirt');
  const disk: Disk = { path: join(await unpacked(box), 'box.img'), format: 'qcow2' };
  await boots(t, disk, 'bios');
  await boots(t, disk, 'efi');
});

real('a box for VirtualBox boots from BIOS and from EFI firmware, and Vagrant takes it', async (t) => {
  t.timeout(30 * 60_000);
  const box = await built(t, 'virtualbox');
  await isAccepted(t, box, 'virtualbox');
  const parts = await unpacked(box);
  t.true(await exists(join(parts, 'box.ovf')));
  const disk: Disk = { path: join(parts, 'box-disk001.vmdk'), format: 'vmdk' };
  t.regex(await must(['qemu-img', 'info', disk.path]), /create type: streamOptimized/);
  await boots(t, disk, 'bios');
  await boots(t, disk, 'efi');
});
