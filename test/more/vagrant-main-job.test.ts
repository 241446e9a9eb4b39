import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { exists } from '../../src/host/files.js';
import { found, passes } from '../rig/findings.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ok } from '../rig/quintet.js';
import { machinesOn, newLab, quintetOn, standInComputer, standInNeeds } from '../rig/vboxmanage/computer.js';

/**
 * The main job with VirtualBox as a newcomer meets it, from `init` to nothing left. Vagrant and its VirtualBox provider are
 * the real ones; VBoxManage is a stand-in whose machines are containers. Each test goes on from the last.
 */
const real = needs(...standInNeeds);
const machines = ['lb1', 'lb2', 'web', 'app', 'db'];

const computer = standInComputer();
test.after.always('the computer of these tests goes', () => computer.remove());

const folder = async () => join((await computer()).labs, 'lab');
const quintet = async (...line: string[]) => quintetOn(await computer(), { cwd: await folder() }, ...line);

const idOf = async (machine: string): Promise<string> =>
  (await readFile(join(await folder(), '.vagrant', 'machines', machine, 'virtualbox', 'id'), 'utf8')).trim();

/** What VBoxManage was told to do to a machine, e.g. `setlinkstate2 off`, since the call of that number. */
const controls = async (machine: string, since: number): Promise<string[]> => {
  const uuid = await idOf(machine);
  const done = (await (await computer()).calls()).slice(since).filter(({ exitCode }) => exitCode === 0);
  const named = done.filter(({ argv }) => argv[1] === uuid);
  return named.flatMap(({ argv: [verb, , ...rest] }) => {
    if (verb === 'controlvm') return [rest.join(' ')];
    return verb === 'startvm' ? ['startvm'] : [];
  });
};

const callCount = async (): Promise<number> => (await (await computer()).calls()).length;

interface Made {
  readonly type: string;
  readonly machine: string;
  readonly fault?: string;
  readonly direction?: string;
}

/** The faults of all verifications so far. */
const faultsMade = async (): Promise<Made[]> => {
  const reports = join(await folder(), 'reports');
  const runs = (await readdir(reports)).map((run) => readFile(join(reports, run, 'history.jsonl'), 'utf8'));
  const lines = (await Promise.all(runs)).flatMap((text) => text.trim().split('\n'));
  return lines.map((line) => JSON.parse(line) as Made).filter(({ type }) => type === 'fault');
};

const succeeded = async (...verbs: string[]): Promise<number> =>
  (await (await computer()).calls()).filter(
    ({ argv, exitCode }) => exitCode === 0 && verbs.every((verb) => argv.includes(verb)),
  ).length;

real('the defaults with VirtualBox become five machines that pass every check', async (t) => {
  t.timeout(9 * 60_000);
  await newLab(t, await computer(), 'lab');
  ok(t, await quintet('up'));
  t.is(await succeeded('import', '--vsys'), 1, 'one import of the box for all');
  t.is(await succeeded('clonevm', 'link'), machines.length, 'and a clone of it for each');
  t.is(await succeeded('hostonlyif', 'create'), 1, 'one network for all, though five came up at once');
  t.is(await succeeded('startvm'), machines.length);
  const findings = await found(quintet, '--checks-only', '--retry-timeout', '15s');
  t.true(findings.length >= 10);
  passes(t, findings);
});

real('up with nothing to do asks VirtualBox for no more than how its machines are', async (t) => {
  const before = await callCount();
  ok(t, await quintet('up'));
  const asked = (await (await computer()).calls()).slice(before).map(({ argv }) => argv[0]);
  t.deepEqual([...new Set(asked)].sort(), ['--version', 'showvminfo']);
});

/** Those that VirtualBox itself makes, and one of those that are made in the machine. */
const played = matrix(['cable-cut'], ['haproxy-killed', 'power-cut', 'machine-paused']);

real('scenarios are played as anywhere, their faults made by VirtualBox itself', async (t) => {
  t.timeout(9 * 60_000);
  const before = await callCount();
  const findings = await found(quintet, ...played);
  passes(t, findings);
  const scenarios = findings.filter(({ kind }) => kind === 'scenario').map(({ id }) => id);
  t.deepEqual(scenarios.sort(), [...played].sort());

  const made = await faultsMade();
  for (const machine of machines) {
    const done = await controls(machine, before);
    const own = made.filter((fault) => fault.machine === machine);
    const cuts = own.filter(({ fault }) => fault === 'power-cut').length;
    const cables = own.filter(({ fault, direction = 'both' }) => fault === 'cable-cut' && direction === 'both').length;
    t.is(done.filter((one) => one === 'poweroff').length, cuts, `${machine}: ${done.join(', ')}`);
    t.is(done.filter((one) => one === 'startvm').length, cuts, `${machine}: ${done.join(', ')}`);
    t.is(done.filter((one) => one === 'setlinkstate2 off').length, cables, `${machine}: ${done.join(', ')}`);
    const pauses = own.filter(({ fault }) => fault === 'machine-paused').length;
    t.is(done.filter((one) => one === 'pause').length, pauses, `${machine}: ${done.join(', ')}`);
    const settings = await (await computer()).run([
      'VBoxManage',
      'showvminfo',
      await idOf(machine),
      '--machinereadable',
    ]);
    t.regex(settings.stdout, /^cableconnected2="on"$/m, 'VirtualBox would have kept it cut');
  }
  const kinds = made.map(({ fault }) => fault);
  for (const kind of played.filter((id) => id !== 'haproxy-killed')) t.true(kinds.includes(kind), kind);
});

inMatrix(real)('reset puts all five back to just provisioned, at once', async (t) => {
  ok(t, await quintet('snapshot', 'save', 'provisioned'));
  ok(t, await quintet('exec', 'web', '--', 'touch', '/root/mine'));
  const before = await callCount();
  ok(t, await quintet('reset', '--yes'));
  t.not((await quintet('exec', 'web', '--', 'test', '-e', '/root/mine')).exitCode, 0);
  const restored = (await (await computer()).calls()).slice(before).filter(({ argv }) => argv[2] === 'restore');
  t.is(restored.length, machines.length);
  ok(t, await quintet('verify', '--checks-only', '--retry-timeout', '10s'));
});

real('destroy leaves nothing but the box', async (t) => {
  ok(t, await quintet('destroy', '--yes'));
  t.false(await exists(join(await folder(), '.vagrant')));
  t.deepEqual(await machinesOn(await computer()), []);
  t.regex(ok(t, await quintet('status')), /not made/);
});
