import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { exists } from '../../src/host/files.js';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { ensureBase } from '../../src/providers/container/base.js';
import { recipeOf } from '../../src/providers/container/container.js';
import { needs } from '../rig/needs.js';
import { type LabInside, openLab, Refused } from '../rig/vboxmanage/lab.js';
import { makeRig, type Rig } from '../rig/vboxmanage/rig.js';

/**
 * Real Vagrant and its real VirtualBox provider, on a computer where VBoxManage is a stand-in that makes containers instead
 * of virtual machines. The labs are generated, and driven by the same code as for everybody.
 */
const programs = ['root', 'vagrant', 'systemd-nspawn', 'mmdebstrap', 'ip', 'ssh', 'curl'] as const;
const real = needs(...programs);
const machines = ['lb1', 'lb2', 'web', 'app', 'db'];
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

const within = async (limitMs: number, holds: () => Promise<boolean>): Promise<boolean> => {
  for (const until = Date.now() + limitMs; Date.now() < until; await delay(100)) {
    if (await holds()) return true;
  }
  return false;
};

const refusalOf = async (t: ExecutionContext, work: Promise<unknown>) =>
  (await t.throwsAsync(work, { instanceOf: Refused }))?.refusal;

const holds = async (lab: LabInside, machine: string): Promise<boolean> =>
  (await stdoutOf(lab, machine, 'ip', '-brief', '-4', 'address')).includes('192.168.56.10/32');

const count = async (own: Rig, ...words: string[]): Promise<number> =>
  (await own.calls()).filter(({ argv, exitCode }) => exitCode === 0 && words.every((word) => argv.includes(word)))
    .length;

real('five machines come up at once, lose cable and power and get them back, and leave nothing', async (t) => {
  t.timeout(9 * 60_000);
  const { rig: own, lab } = await newLab(t, 'five');
  await lab.ask('bring', 'provisioned', []);

  for (const machine of machines) t.is(await stdoutOf(lab, machine, 'hostname'), machine);
  t.is(await stdoutOf(lab, 'db', 'id', '-un'), 'root');
  t.is(await count(own, 'import', '--vsys'), 1, 'one import of the box for all');
  t.is(await count(own, 'clonevm', 'link'), 5, 'and five clones of it');
  const starts = (await own.calls()).filter(({ argv }) => argv[0] === 'startvm');
  t.is(starts.length, 5);

  t.true(await within(10_000, async () => (await holds(lab, 'lb1')) || holds(lab, 'lb2')), 'somebody holds the VIP');
  const [holder, standby] = (await holds(lab, 'lb1')) ? ['lb1', 'lb2'] : ['lb2', 'lb1'];
  const site = ['curl', '--silent', '--insecure', '--max-time', '5', 'https://192.168.56.10/', '--resolve'];
  const page = () => own.run([...site, 'www.scale-up.test:443:192.168.56.10', '-H', 'Host: www.scale-up.test']);
  t.true(await within(10_000, async () => (await page()).stdout.includes('Quintet')), 'the site is seen from outside');

  await lab.ask('cutCable', holder);
  t.regex(await stdoutOf(lab, holder, 'ip', '-brief', 'link'), /NO-CARRIER/, 'commands still reach it');
  t.true(await within(10_000, () => holds(lab, standby)), 'the other one takes over');
  await lab.ask('plugCable', holder);
  t.notRegex(await stdoutOf(lab, holder, 'ip', '-brief', 'link'), /NO-CARRIER/);

  await lab.ask('cutPower', standby);
  t.is(await lab.ask('state', standby), 'stopped');
  t.regex((await refusalOf(t, lab.ask('exec', standby, ['true'])))?.message ?? '', /can't be reached over SSH/);
  t.true(await within(10_000, () => holds(lab, holder)), 'and gives it back');
  await lab.ask('restorePower', standby);
  t.is(await stdoutOf(lab, standby, 'hostname'), standby);

  const before = (await own.calls()).length;
  await lab.ask('bring', 'provisioned', []);
  const again = (await own.calls()).slice(before);
  t.deepEqual(
    [...new Set(again.map(({ argv }) => argv[0]))].sort(),
    ['--version', 'showvminfo'],
    'nothing is done twice',
  );

  await lab.ask('bring', 'absent', []);
  t.deepEqual(await lab.ask('leftovers'), []);
  t.false(await exists(join(lab.folder, '.vagrant')));
  const left = (await own.run(['VBoxManage', 'list', 'vms'])).stdout.trim().split('\n');
  t.is(left.length, 1, 'the box they were cloned from stays');
  t.regex(left[0] ?? '', /^"quintet-stand-in_/);
});

real('vagrant alone builds, enters and destroys a machine of the folder', async (t) => {
  t.timeout(5 * 60_000);
  const { rig: own, lab } = await newLab(t, 'plain');
  const vagrant = (...words: string[]) => own.run(['vagrant', ...words], { cwd: lab.folder, timeoutMs: 240_000 });
  const up = await vagrant('up', 'web');
  t.is(up.exitCode, 0, up.stdout + up.stderr);
  t.regex(up.stdout, /ok +nginx serves the site/);
  t.is((await vagrant('ssh', 'web', '-c', 'hostname')).stdout.trim(), 'web');
  t.is(await lab.ask('state', 'web'), 'running', 'Quintet sees it as its own');
  t.is(await stdoutOf(lab, 'web', 'systemctl', 'is-active', 'nginx'), 'active');
  t.is((await vagrant('destroy', '-f', 'web')).exitCode, 0);
  t.is(await lab.ask('state', 'web'), 'absent');
});

real(
  'a failure of VirtualBox that passes is not noticed; one that stays is told, and the next up goes on',
  async (t) => {
    t.timeout(5 * 60_000);
    const { rig: own, lab } = await newLab(t, 'failing');
    const stderr = 'VBoxManage: error: VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE).\n';
    await own.misfortunes([
      { verb: 'modifyvm --cpus', nth: 1, stderr: 'VBoxManage: error: passing\n' },
      { verb: 'startvm', nth: 1, times: 3, stderr },
    ]);
    const refusal = await refusalOf(t, lab.ask('bring', 'running', ['web']));
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
  const { rig: own, lab } = await newLab(t, 'interrupted');
  const began = await count(own, 'clonevm');
  const bringing = refusalOf(t, lab.ask('bring', 'running', ['web']));
  t.true(await within(60_000, async () => (await count(own, 'clonevm')) > began), 'it has begun');
  await lab.ask('abort');
  t.is((await bringing)?.kind, 'InterruptedError');
  await lab.ask('bring', 'running', ['web']);
  t.is(await stdoutOf(lab, 'web', 'hostname'), 'web');

  const sleeping = refusalOf(t, lab.ask('execUntilAborted', 'web', ['sleep', '4321']));
  const sleeps = async () => (await lab.ask('exec', 'web', ['pgrep', '-f', '^sleep 4321$'])).exitCode === 0;
  t.true(await within(10_000, sleeps), 'a command runs');
  await lab.ask('abort');
  t.is((await sleeping)?.kind, 'InterruptedError');
  t.true(await within(5000, async () => !(await sleeps())), 'and no longer');

  await lab.ask('bring', 'absent', []);
  t.deepEqual(await lab.ask('leftovers'), []);
});
