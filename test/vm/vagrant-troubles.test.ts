import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { ensureBase } from '../../src/providers/container/base.js';
import { recipeOf } from '../../src/providers/container/container.js';
import { needs } from '../rig/needs.js';
import { type LabInside, openLab, Refused } from '../rig/vboxmanage/lab.js';
import { makeRig, type Rig } from '../rig/vboxmanage/rig.js';
import { troubles } from '../rig/vboxmanage/troubles.js';

/**
 * Real Vagrant and its real VirtualBox provider, on a computer where VBoxManage is a stand-in that makes containers instead
 * of virtual machines. The labs are generated, and driven by the same code as for everybody.
 */
const programs = ['root', 'vagrant', 'systemd-nspawn', 'mmdebstrap', 'ip', 'ssh'] as const;
const real = needs(...programs);
const box = 'quintet/stand-in';

let rig: Rig | undefined;

const theRig = async (): Promise<Rig> => {
  if (rig) return rig;
  rig = await makeRig();
  const plan = planOf(labSchema.parse({ provider: 'virtualbox' }));
  await rig.addBox(box, await ensureBase(recipeOf({ plan }), () => undefined));
  return rig;
};

test.after.always('the computer of these tests goes', async () => {
  await rig?.remove();
});

const root = join(import.meta.dirname, '..', '..');

/** A lab as a newcomer's command writes it. */
const newLab = async (t: ExecutionContext, name: string): Promise<{ rig: Rig; lab: LabInside }> => {
  const own = await theRig();
  const folder = join(own.labs, name);
  const settings = ['--set', 'provider=virtualbox', '--set', `box.name=${box}`];
  const main = join(root, 'src', 'cli', 'main.ts');
  const quintet = [process.execPath, '--import', import.meta.resolve('tsx'), main];
  const result = await own.run([...quintet, 'init', folder, '--yes', ...settings]);
  t.is(result.exitCode, 0, result.stderr);
  const lab = openLab(own, folder);
  t.teardown(async () => {
    await lab.ask('bring', 'absent', []).catch((error: Error) => t.log(error.message));
    await lab.close();
    await own.misfortunes([]);
  });
  return { rig: own, lab };
};

const stdoutOf = async (lab: LabInside, machine: string, ...argv: string[]): Promise<string> =>
  (await lab.ask('exec', machine, argv, { timeoutMs: 20_000 })).stdout.trim();

const refusalOf = async (t: ExecutionContext, work: Promise<unknown>) =>
  (await t.throwsAsync(work, { instanceOf: Refused }))?.refusal;

real('commands reach a machine without its cable, and not one without power; both come back', async (t) => {
  t.timeout(5 * 60_000);
  const { rig: own, lab } = await newLab(t, 'faults');
  await lab.ask('bring', 'running', ['web']);
  const link = () => stdoutOf(lab, 'web', 'ip', '-brief', 'link');
  await lab.ask('cutCable', 'web');
  t.regex(await link(), /NO-CARRIER/);
  await lab.ask('plugCable', 'web');
  t.notRegex(await link(), /NO-CARRIER/);
  await lab.ask('cutPower', 'web');
  t.is(await lab.ask('state', 'web'), 'stopped');
  t.regex((await refusalOf(t, lab.ask('exec', 'web', ['true'])))?.message ?? '', /can't be reached over SSH/);
  await lab.ask('restorePower', 'web');
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');
  t.is((await own.run(['vagrant', 'destroy', '-f'], { cwd: lab.folder, timeoutMs: 60_000 })).exitCode, 0);
  t.is(await lab.ask('state', 'web'), 'absent', 'Quintet sees what Vagrant alone has done');
});

/** The box's own machine goes: the next machine of it begins with an import again. */
const forgetImport = async (own: Rig): Promise<void> => {
  const { stdout } = await own.run(['VBoxManage', 'list', 'vms']);
  const [, id] = /^"quintet-stand-in_.*" \{(.+)\}$/m.exec(stdout) ?? [];
  if (id !== undefined) await own.run(['VBoxManage', 'unregistervm', id, '--delete']);
};

real('an import in the way of another is tried again; a full disk is told, and the next up goes on', async (t) => {
  t.timeout(5 * 60_000);
  const { rig: own, lab } = await newLab(t, 'racing');
  await forgetImport(own);
  await own.misfortunes([troubles.importRace, troubles.diskFullAtClone]);
  const refusal = await refusalOf(t, lab.ask('bring', 'running', ['web']));
  const notes = lab.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  t.deepEqual(
    notes.filter((text) => text.startsWith('web: ')),
    ['web: VirtualBox was importing another box at the same moment; once more in some seconds.'],
  );
  t.regex(refusal?.message ?? '', /web.*vagrant up[\s\S]*VERR_DISK_FULL/);
  t.regex(refusal?.hint ?? '', /disk is full/);
  await lab.ask('bring', 'running', ['web']);
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');
});
