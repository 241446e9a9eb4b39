import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { needs } from '../rig/needs.js';
import { newLab } from '../rig/new-lab.js';
import { executable, ok, quintet, words } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';
import { labIdOf, traces } from '../rig/traces.js';
import { makeRig } from '../rig/vboxmanage/rig.js';

/** Real Vagrant, and a stand-in for VBoxManage in VirtualBox's place. */
const real = needs('root', 'vagrant', 'ip');

const command = [process.execPath, executable];

real('doctor finds VirtualBox usable, says that it is a stand-in, and sees what a tidy hand left', async (t) => {
  t.timeout(120_000);
  const rig = await makeRig();
  t.teardown(() => rig.remove());
  const folder = join(rig.labs, 'my lab');
  const made = await rig.run([...command, 'init', folder, '--yes', '--set', 'provider=virtualbox']);
  t.is(made.exitCode, 0, made.stderr);
  const doctor = async () => {
    const { exitCode, stdout, stderr } = await rig.run([...command, '-C', folder, 'doctor', '--format', 'json']);
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

needs(
  'root',
  'systemd-nspawn',
  'mmdebstrap',
  'ip',
)('a lab whose folder was removed while it was up is found by doctor, and destroyed from anywhere', async (t) => {
  const room = await temporaryFolder(t);
  const [folder, moved] = [join(room, 'lab'), join(room, 'moved')];
  await newLab(folder, 'provider=container');
  ok(t, await quintet(folder, 'up', 'web'));
  const id = await labIdOf(folder);
  await rename(folder, moved);
  ok(t, await quintet(moved, 'status'));
  ok(t, await quintet(room, 'destroy', '--gone', '--yes'));
  t.true((await traces(id)).length > 0, 'one that was moved, and is known again, is not gone');
  await rm(moved, { recursive: true });
  t.regex(words(await quintet(room, 'doctor')), new RegExp(`${id}.* its folder ${moved} is gone[^]*destroy --gone`));
  t.is((await quintet(room, 'destroy', '--gone')).exitCode, 2, 'a script must say --yes');
  t.regex(words(await quintet(room, 'destroy', '--gone', '--yes')), new RegExp(`lay in ${moved} .*done`));
  t.deepEqual(await traces(id), []);
});
