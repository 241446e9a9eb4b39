import test from 'ava';
import { needs } from '../rig/needs.js';
import { newLabInside, standInComputer, standInNeeds } from '../rig/vboxmanage/computer.js';
import { refusalOf, stdoutOf } from '../rig/vboxmanage/lab.js';
import type { Rig } from '../rig/vboxmanage/rig.js';
import { troubles } from '../rig/vboxmanage/troubles.js';
import { within } from '../rig/within.js';

/**
 * What fails in VirtualBox and in the middle of the work, step by step: real Vagrant and its real VirtualBox provider, on a
 * computer where VBoxManage is a stand-in that makes containers instead of virtual machines, and fails on demand.
 */
const real = needs(...standInNeeds);
const computer = standInComputer();
test.after.always('the computer of these tests goes', () => computer.remove());

const count = async (own: Rig, ...words: string[]): Promise<number> =>
  (await own.calls()).filter(({ argv, exitCode }) => exitCode === 0 && words.every((word) => argv.includes(word)))
    .length;

real('commands reach a machine without its cable, and not one without power; both come back', async (t) => {
  t.timeout(5 * 60_000);
  const own = await computer();
  const lab = await newLabInside(t, own, 'faults');
  await lab.ask('bring', 'running', ['web']);
  const link = () => stdoutOf(lab, 'web', 'ip', '-brief', 'link');
  await lab.ask('cutCable', 'web');
  t.regex(await link(), /NO-CARRIER/);
  await lab.ask('plugCable', 'web');
  t.notRegex(await link(), /NO-CARRIER/);
  await lab.ask('cutPower', 'web');
  t.is(await lab.ask('state', 'web'), 'stopped');
  t.regex((await refusalOf(lab.ask('exec', 'web', ['true'])))?.message ?? '', /can't be reached over SSH/);
  await lab.ask('restorePower', 'web');
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');
  t.is((await own.run(['vagrant', 'destroy', '-f'], { cwd: lab.folder, timeoutMs: 60_000 })).exitCode, 0);
  t.is(await lab.ask('state', 'web'), 'absent', 'Quintet sees what Vagrant alone has done');
});

real(
  'a failure of VirtualBox that passes is not noticed; one that stays is told, and the next up goes on',
  async (t) => {
    t.timeout(5 * 60_000);
    const own = await computer();
    const lab = await newLabInside(t, own, 'failing');
    const stderr = 'VBoxManage: error: VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE).\n';
    await own.misfortunes([
      { verb: 'modifyvm --cpus', nth: 1, stderr: 'VBoxManage: error: passing\n' },
      { verb: 'startvm', nth: 1, times: 3, stderr },
    ]);
    const refusal = await refusalOf(lab.ask('bring', 'running', ['web']));
    t.regex(refusal?.message ?? '', /^web: [\s\S]*VERR_VMX_IN_VMX_ROOT_MODE[\s\S]*That was: vagrant up/);
    t.regex(refusal?.hint ?? '', /KVM/);
    t.true((await own.calls()).some((call) => call.stderr === 'VBoxManage: error: passing\n'));
    t.is(await lab.ask('state', 'web'), 'stopped', 'what was made of it stays');
    await lab.ask('bring', 'running', ['web']);
    t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');
  },
);

real('an interrupted start is taken up again; an interrupted command ends in the machine too', async (t) => {
  t.timeout(5 * 60_000);
  const own = await computer();
  const lab = await newLabInside(t, own, 'interrupted');
  const began = await count(own, 'clonevm');
  const bringing = refusalOf(lab.ask('bring', 'running', ['web']));
  t.true(await within(60_000, async () => (await count(own, 'clonevm')) > began), 'it has begun');
  await lab.ask('abort');
  t.is((await bringing)?.kind, 'InterruptedError');
  await lab.ask('bring', 'running', ['web']);
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');

  const sleeping = refusalOf(lab.ask('execUntilAborted', 'web', ['sleep', '4321']));
  const sleeps = async () => (await lab.ask('exec', 'web', ['pgrep', '-f', '^sleep 4321$'])).exitCode === 0;
  t.true(await within(10_000, sleeps), 'a command runs');
  await lab.ask('abort');
  t.is((await sleeping)?.kind, 'InterruptedError');
  t.true(await within(5000, async () => !(await sleeps())), 'and no longer');

  await lab.ask('bring', 'absent', []);
  t.deepEqual(await lab.ask('leftovers'), []);
});

/** The box's own machine goes: the next machine of it begins with an import again. */
const forgetImport = async (own: Rig): Promise<void> => {
  const { stdout } = await own.run(['VBoxManage', 'list', 'vms']);
  const [, id] = /^"quintet-stand-in_.*" \{(.+)\}$/m.exec(stdout) ?? [];
  if (id !== undefined) await own.run(['VBoxManage', 'unregistervm', id, '--delete']);
};

real('an import in the way of another is tried again; a full disk is told, and the next up goes on', async (t) => {
  t.timeout(5 * 60_000);
  const own = await computer();
  const lab = await newLabInside(t, own, 'racing');
  await forgetImport(own);
  await own.misfortunes([troubles.importRace, troubles.diskFullAtClone]);
  const refusal = await refusalOf(lab.ask('bring', 'running', ['web']));
  const notes = lab.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  t.deepEqual(
    notes.filter((text) => text.startsWith('web: ')),
    ['web: VirtualBox was importing another box at the same moment; once more in some seconds.'],
  );
  t.regex(refusal?.message ?? '', /^web: [\s\S]*VERR_DISK_FULL[\s\S]*That was: vagrant up/);
  t.regex(refusal?.hint ?? '', /disk is full/);
  await lab.ask('bring', 'running', ['web']);
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');
});
