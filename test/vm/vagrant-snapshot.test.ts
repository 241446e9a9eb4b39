import { join } from 'node:path';
import test from 'ava';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { ensureBase } from '../../src/providers/container/base.js';
import { recipeOf } from '../../src/providers/container/container.js';
import { needs } from '../rig/needs.js';
import { type LabInside, openLab } from '../rig/vboxmanage/lab.js';
import { makeRig, type Rig } from '../rig/vboxmanage/rig.js';

/** Snapshots of machines that real Vagrant made, on a computer where VBoxManage is a stand-in for VirtualBox's. */
const real = needs('root', 'vagrant', 'systemd-nspawn', 'mmdebstrap', 'ip', 'ssh');
const box = 'quintet/stand-in';
const pair = ['web', 'db'];

let rig: Rig | undefined;
let lab: LabInside | undefined;

test.after.always('the computer of these tests goes', async () => {
  await lab?.ask('bring', 'absent', []).catch(() => undefined);
  await lab?.close();
  await rig?.remove();
});

const newLab = async (own: Rig): Promise<LabInside> => {
  const plan = planOf(labSchema.parse({ provider: 'virtualbox' }));
  await own.addBox(box, await ensureBase(recipeOf({ plan }), () => undefined));
  const folder = join(own.labs, 'lab');
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
  const quintet = [process.execPath, '--import', import.meta.resolve('tsx'), main];
  const settings = ['--set', 'provider=virtualbox', '--set', `box.name=${box}`];
  const result = await own.run([...quintet, 'init', folder, '--yes', ...settings]);
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return openLab(own, folder);
};

real('disks of virtual machines come back, driven without Vagrant but seen by it, and go with them', async (t) => {
  t.timeout(5 * 60_000);
  const own = await makeRig();
  rig = own;
  const inside = await newLab(own);
  lab = inside;
  const note = async (text: string) => {
    for (const machine of pair) await inside.ask('exec', machine, ['sh', '-c', 'echo "$1" >/root/note', 'note', text]);
  };
  const notes = async () => {
    const read = pair.map((machine) => inside.ask('exec', machine, ['cat', '/root/note'], { timeoutMs: 20_000 }));
    return (await Promise.all(read)).map(({ stdout }) => stdout.trim());
  };
  const timed = async (what: string, work: Promise<unknown>) => {
    const began = performance.now();
    await work;
    t.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  };

  await inside.ask('bring', 'running', pair);
  await note('first');
  await timed('save', inside.ask('saveSnapshot', 'mine'));
  await note('second');
  const before = (await own.calls()).length;
  await timed('restore', inside.ask('restoreSnapshot', 'mine'));
  t.deepEqual(await notes(), ['first', 'first']);
  const calls = (await own.calls()).slice(before).filter(({ exitCode }) => exitCode === 0);
  const verbs = calls.map(({ argv }) => [argv[0], argv[2]].join(' '));
  t.is(verbs.filter((verb) => verb === 'controlvm poweroff').length, 2, 'nobody waits for a disk that is given up');
  t.true(verbs.lastIndexOf('controlvm poweroff') < verbs.indexOf('startvm --type'));
  t.is(verbs.filter((verb) => verb === 'snapshot restore').length, 2);
  t.like((await inside.ask('listSnapshots'))[0], { name: 'mine', machines: pair, lacking: [] });
  const seen = await own.run(['vagrant', 'snapshot', 'list', 'web'], { cwd: inside.folder, timeoutMs: 60_000 });
  t.regex(seen.stdout, /\bmine\b/);

  // Two that rest on the first one: VirtualBox will not let go of it, and it is replaced all the same.
  await inside.ask('bring', 'stopped', pair);
  await inside.ask('saveSnapshot', 'left');
  await inside.ask('restoreSnapshot', 'mine');
  await note('third');
  await inside.ask('bring', 'stopped', pair);
  await inside.ask('saveSnapshot', 'right');
  await inside.ask('saveSnapshot', 'mine');
  await inside.ask('restoreSnapshot', 'left');
  await inside.ask('restoreSnapshot', 'mine');
  await inside.ask('bring', 'running', pair);
  t.deepEqual(await notes(), ['third', 'third'], 'the new one of that name');

  await inside.ask('bring', 'absent', []);
  t.deepEqual(await inside.ask('leftovers'), []);
  t.deepEqual(await inside.ask('listSnapshots'), []);
});
