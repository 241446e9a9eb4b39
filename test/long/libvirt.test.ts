import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ExecResult } from '../../src/providers/provider.js';
import { findingText, found, passes } from '../rig/findings.js';
import { type LibvirtRig, makeLibvirtRig } from '../rig/libvirt/rig.js';
import { needs } from '../rig/needs.js';
import { executable, plainEnvironment, quintet as quintetHere, words as wordsOf } from '../rig/quintet.js';

/**
 * Five real kernels: a box is built, a lab made of it, brought up by real Vagrant and vagrant-libvirt, checked, broken and
 * removed, by the command lines that a person would type.
 */
const programs = [
  'root',
  'vagrant',
  'libvirtd',
  'virsh',
  'qemu-system-x86_64',
  'qemu-img',
  'mmdebstrap',
  'mcopy',
  'ssh',
];
const real = needs(...programs);

let rig: LibvirtRig | undefined;
test.after.always('the computer of this test goes', async () => rig?.remove());

/** In emulated machines everything takes its time. */
const limitMs = 60 * 60_000;

/** What docs/virtual-machines.md advises for them. */
const slowSettings = [
  'vrrp.advertMs=10000',
  'verify.ratePerSecond=2',
  'verify.limitMs=5000',
  'verify.timeoutMs=10000',
  'verify.writesPerSecond=1',
  'verify.keptConnections=1',
];

type Quintet = (...words: string[]) => Promise<ExecResult>;

const quintetIn = (own: LibvirtRig, t: ExecutionContext): Quintet => {
  return async (...words) => {
    const began = performance.now();
    const argv = [process.execPath, executable, ...words];
    const result = await own.run(argv, { env: plainEnvironment, timeoutMs: limitMs });
    t.log(
      `${words.join(' ')}: exit code ${result.exitCode} after ${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
    return result;
  };
};

const said = ({ stdout, stderr }: ExecResult): string => `${stdout}\n${stderr}`;

real(
  'five virtual machines come up from a box built here, pass every check, fail over, and leave nothing',
  async (t) => {
    t.timeout(3 * limitMs);
    rig = await makeLibvirtRig();
    const quintet = quintetIn(rig, t);
    const ok = async (...words: string[]) => {
      const result = await quintet(...words);
      t.is(result.exitCode, 0, said(result));
      return result;
    };

    // On this computer itself: the rig's has no way to a package mirror.
    const box = join(rig.labs, 'quintet.box');
    const built = await quintetHere(rig.labs, 'box', 'build', '--provider', 'libvirt', '--output', box);
    t.is(built.exitCode, 0, wordsOf(built));
    const settings = ['provider=libvirt', 'box.name=quintet/debian-13', `box.url=${box}`, ...slowSettings];
    await ok('init', 'five', '--yes', ...settings.flatMap((setting) => ['--set', setting]));
    await ok('-C', 'five', 'up');
    const kernels = await Promise.all(
      ['lb1', 'lb2', 'web', 'app', 'db'].map((machine) =>
        ok('-C', 'five', 'exec', machine, '--', 'cat', '/proc/sys/kernel/random/boot_id'),
      ),
    );
    t.is(new Set(kernels.map(({ stdout }) => stdout.trim())).size, 5, 'five kernels');
    await ok('-C', 'five', 'verify', '--checks-only', '--retry-timeout', '60s');

    const names = ['haproxy-killed', 'power-cut', 'cable-cut'];
    const findings = await found((...words) => quintet('-C', 'five', ...words), ...names);
    passes(t, findings);
    const played = findings.filter(({ kind }) => kind === 'scenario');
    t.is(played.length, names.length);
    for (const one of played) t.log(findingText(one));
    const [run = ''] = (await readdir(join(rig.labs, 'five', 'reports'))).sort().reverse();
    t.true((await readdir(join(rig.labs, 'five', 'reports', run))).includes('report.html'));

    await ok('-C', 'five', 'verify', '--checks-only', '--retry-timeout', '60s');
    await ok('-C', 'five', 'destroy', '--yes');
    for (const what of ['list --all --name', 'net-list --name']) {
      const left = await rig.run(['virsh', '--connect', 'qemu:///system', ...what.split(' ')]);
      t.is(left.stdout.trim(), '', what);
    }
  },
);
