import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { needs } from '../rig/needs.js';
import { executable } from '../rig/quintet.js';
import { makeRig } from '../rig/vboxmanage/rig.js';

/** Real Vagrant, and a stand-in for VBoxManage in VirtualBox's place. */
const real = needs('root', 'vagrant', 'ip');

const quintet = [process.execPath, executable];

real('doctor finds VirtualBox usable, says that it is a stand-in, and sees what a tidy hand left', async (t) => {
  t.timeout(120_000);
  const rig = await makeRig();
  t.teardown(() => rig.remove());
  const folder = join(rig.labs, 'my lab');
  const made = await rig.run([...quintet, 'init', folder, '--yes', '--set', 'provider=virtualbox']);
  t.is(made.exitCode, 0, made.stderr);
  const doctor = async () => {
    const { exitCode, stdout, stderr } = await rig.run([...quintet, '-C', folder, 'doctor', '--format', 'json']);
    t.is(exitCode, 0, `${stdout}${stderr}`);
    return JSON.parse(stdout) as readonly Finding[];
  };

  const found = await doctor();
  const about = (what: string) => found.find((one) => one.what === what);
  t.regex(about('vagrant')?.why ?? '', /^Vagrant \d/);
  t.is(about('virtualbox')?.outcome, 'good');
  t.regex(about('virtualbox')?.why ?? '', /stand-in .*QuintetStandIn/);
  t.deepEqual(
    found.filter(({ outcome }) => outcome !== 'good').map(({ what }) => what),
    ['box'],
  );
  t.regex(about('disks')?.why ?? '', new RegExp(`free in ${rig.home}`));
  const changing = (await rig.calls()).filter(({ argv }) => !['--version', 'list'].includes(argv[0] ?? ''));
  t.deepEqual(changing, [], 'doctor only looks');

  const machine = join(folder, '.vagrant', 'machines', 'lb1', 'virtualbox');
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, 'id'), '61b58b46-ec0e-4af5-9ebf-ad1592c05331');
  const leftovers = (await doctor()).filter(({ what }) => what === 'leftovers');
  t.is(leftovers.length, 1);
  t.regex(leftovers[0]?.why ?? '', /VirtualBox has no more: lb1$/);
});
