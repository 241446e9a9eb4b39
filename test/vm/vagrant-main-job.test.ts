import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { exists } from '../../src/host/files.js';
import { needs } from '../rig/needs.js';
import { type Ran, words } from '../rig/quintet.js';
import { computerWithBox, quintetOn, standInNeeds, standInSettings } from '../rig/vboxmanage/computer.js';
import type { Rig } from '../rig/vboxmanage/rig.js';

/**
 * The main job with VirtualBox as a newcomer meets it, from `init` to nothing left. Vagrant and its VirtualBox provider are
 * the real ones; VBoxManage is a stand-in whose machines are containers. Each test goes on from the last.
 */
const real = needs(...standInNeeds);
const machines = ['lb1', 'lb2', 'web', 'app', 'db'];

let computer: Rig | undefined;

const rig = async (): Promise<Rig> => {
  computer ??= await computerWithBox();
  return computer;
};

test.after.always(async () => {
  await computer?.remove();
});

const folder = async () => join((await rig()).labs, 'lab');
const quintet = async (...line: string[]) => quintetOn(await rig(), { cwd: await folder() }, ...line);
const vagrant = async (...line: string[]) =>
  (await rig()).run(['vagrant', ...line], { cwd: await folder(), timeoutMs: 9 * 60_000 });

const ok = (t: ExecutionContext, ran: Ran): string => {
  t.is(ran.exitCode, 0, words(ran));
  return ran.stdout;
};

interface Found {
  readonly kind: string;
  readonly id: string;
  readonly outcome: string;
  readonly measures: readonly unknown[];
  readonly reason?: string;
}

const findings = (stdout: string): Found[] => (JSON.parse(stdout) as { findings: Found[] }).findings;

const idOf = async (machine: string): Promise<string> =>
  (await readFile(join(await folder(), '.vagrant', 'machines', machine, 'virtualbox', 'id'), 'utf8')).trim();

/** What VBoxManage was told to do to a machine, e.g. `setlinkstate2 off`, since the call of that number. */
const controls = async (machine: string, since: number): Promise<string[]> => {
  const uuid = await idOf(machine);
  const done = (await (await rig()).calls()).slice(since).filter(({ exitCode }) => exitCode === 0);
  const named = done.filter(({ argv }) => argv[1] === uuid);
  return named.flatMap(({ argv: [verb, , ...rest] }) => {
    if (verb === 'controlvm') return [rest.join(' ')];
    return verb === 'startvm' ? ['startvm'] : [];
  });
};

const callCount = async (): Promise<number> => (await (await rig()).calls()).length;

/** The machine that a fault of the last verification was made on. */
const victimOf = async (): Promise<string> => {
  const reports = join(await folder(), 'reports');
  const last = (await readdir(reports)).sort().at(-1) ?? '';
  const lines = (await readFile(join(reports, last, 'history.jsonl'), 'utf8')).trim().split('\n');
  const fault = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'fault');
  return fault.machine;
};

const vms = async (): Promise<string> => (await (await rig()).run(['VBoxManage', 'list', 'vms'])).stdout.trim();

real('the defaults with VirtualBox become five machines that pass every check', async (t) => {
  const own = await rig();
  ok(t, await quintetOn(own, { cwd: own.labs }, 'init', 'lab', '--yes', ...standInSettings));
  ok(t, await quintet('up'));
  const networks = (await own.calls()).filter(({ argv }) => argv[0] === 'hostonlyif' && argv[1] === 'create');
  t.is(networks.length, 1, 'one network for all, though five came up at once');
  const checks = findings(ok(t, await quintet('verify', '--checks-only', '--format', 'json')));
  t.true(checks.length >= 10);
  for (const { id, outcome } of checks) t.is(outcome, 'pass', id);
});

const scenarios = ['haproxy-killed', 'haproxy-hung', 'database-power-cut'];

real('scenarios are played and measured as anywhere', async (t) => {
  const ran = await quintet('verify', ...scenarios, '--format', 'json');
  const found = findings(ok(t, ran)).filter(({ kind }) => kind === 'scenario');
  t.deepEqual(found.map(({ id }) => id).sort(), [...scenarios].sort());
  for (const { id, outcome, measures } of found) {
    t.is(outcome, 'pass', `${id}: ${words(ran)}`);
    t.true(measures.length > 0, id);
  }
});

real('a power cut is VirtualBox pulling the plug, and putting it back', async (t) => {
  const before = await callCount();
  const ran = await quintet('verify', 'power-cut', '--repeat', '1', '--format', 'json');
  t.is(findings(ok(t, ran)).find(({ id }) => id === 'power-cut')?.outcome, 'pass', words(ran));
  t.deepEqual(await controls(await victimOf(), before), ['poweroff', 'startvm']);
});

real('a cut cable is VirtualBox’s card of the lab network, plugged in again', async (t) => {
  const before = await callCount();
  const ran = await quintet('verify', 'cable-cut', '--repeat', '1', '--format', 'json');
  t.is(findings(ok(t, ran)).find(({ id }) => id === 'cable-cut')?.outcome, 'pass', words(ran));
  const victim = await victimOf();
  t.deepEqual([...new Set(await controls(victim, before))], ['setlinkstate2 off', 'setlinkstate2 on']);
  const settings = await (await rig()).run(['VBoxManage', 'showvminfo', await idOf(victim), '--machinereadable']);
  t.regex(settings.stdout, /^cableconnected2="on"$/m, 'VirtualBox would have kept it cut');
});

real('a paused machine is VirtualBox stopping it as a whole, and letting it go on', async (t) => {
  const before = await callCount();
  const ran = await quintet('verify', 'machine-paused', '--repeat', '1', '--format', 'json');
  t.is(findings(ok(t, ran)).find(({ id }) => id === 'machine-paused')?.outcome, 'pass', words(ran));
  t.deepEqual(await controls(await victimOf(), before), ['pause', 'resume']);
});

real('what a container on this computer can’t do is skipped, and why', async (t) => {
  const ran = await quintet('verify', 'clock-jump', 'database-disk-full', '--format', 'json');
  const found = findings(ran.stdout).filter(({ kind }) => kind === 'scenario');
  t.is(found.length, 2, words(ran));
  for (const one of found) {
    t.is(one.outcome, 'skipped', words(ran));
    t.regex(JSON.stringify(one), /container/, 'a stand-in for a virtual machine is none');
  }
});

real('reset puts all five back to just provisioned', async (t) => {
  ok(t, await quintet('exec', 'web', '--', 'touch', '/root/mine'));
  ok(t, await quintet('reset', '--yes'));
  t.not((await quintet('exec', 'web', '--', 'test', '-e', '/root/mine')).exitCode, 0);
  ok(t, await quintet('exec', 'web', '--', 'touch', '/root/mine'));
  const before = await callCount();
  ok(t, await quintet('reset', '--yes'));
  t.not((await quintet('exec', 'web', '--', 'test', '-e', '/root/mine')).exitCode, 0);
  const restored = (await (await rig()).calls()).slice(before).filter(({ argv }) => argv[2] === 'restore');
  t.is(restored.length, machines.length, 'the second time from a snapshot');
  ok(t, await quintet('verify', '--checks-only'));
});

real('destroy leaves nothing but the box', async (t) => {
  ok(t, await quintet('destroy', '--yes'));
  t.false(await exists(join(await folder(), '.vagrant')));
  t.regex(await vms(), /^"quintet-stand-in_\S+" \{\S+\}$/, 'the one that all were cloned from');
  t.regex(ok(t, await quintet('status')), /not made/);
});

real('vagrant up alone builds the same lab, and Quintet takes it for its own', async (t) => {
  const up = await vagrant('up');
  ok(t, up);
  for (const machine of machines)
    t.regex(up.stdout, new RegExp(`^==> ${machine}: Running provisioner: provision`, 'm'));
  ok(t, await quintet('verify', '--checks-only'));
  t.is((await vagrant('ssh', 'lb1', '-c', 'hostname')).stdout.trim(), 'lb1');
  ok(t, await vagrant('provision', 'web'));
  ok(t, await quintet('verify', 'haproxy-killed'));
  ok(t, await vagrant('destroy', '-f'));
  t.regex(await vms(), /^"quintet-stand-in_\S+" \{\S+\}$/);
});
