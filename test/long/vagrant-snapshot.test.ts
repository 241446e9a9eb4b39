import test from 'ava';
import { needs } from '../rig/needs.js';
import { newLabInside, standInComputer, standInNeeds } from '../rig/vboxmanage/computer.js';

/** Snapshots of machines that real Vagrant made, on a computer where VBoxManage is a stand-in for VirtualBox's. */
const real = needs(...standInNeeds);
const pair = ['web', 'db'];

const computer = standInComputer();
test.after.always('the computer of these tests goes', () => computer.remove());

real('disks of virtual machines come back, driven without Vagrant but seen by it, and go with them', async (t) => {
  t.timeout(5 * 60_000);
  const own = await computer();
  const inside = await newLabInside(t, own, 'lab');
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
