import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../src/host/command.js';
import { exists } from '../../src/host/files.js';
import type { ExecResult } from '../../src/providers/provider.js';
import { executable } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';

/** `up` on computers that can't build a VirtualBox lab: told before anything is made, and nobody takes it for the lab's fault. */

const command = [process.execPath, executable];

/** The programs of a computer, as shell scripts; whatever else they are asked for fails. */
type Programs = Readonly<Record<string, string>>;

const version = (text: string): string =>
  `[ "$1" = --version ] && echo '${text}' && exit 0\necho "asked: $*" >&2\nexit 1`;

const upOn = async (t: ExecutionContext, programs: Programs, ...settings: string[]) => {
  const folder = await temporaryFolder(t);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = { CI: '', PATH: bin, VAGRANT_HOME: join(folder, 'vagrant') };
  const words = ['init', 'lab', '--yes', '--set', 'provider=virtualbox', ...settings];
  const made = await run([...command, ...words], { cwd: folder, timeoutMs: 60_000, env });
  t.is(made.exitCode, 0, made.stderr);
  const lab = join(folder, 'lab');
  return { lab, ran: await run([...command, 'up'], { cwd: lab, timeoutMs: 60_000, env }) };
};

const refused = async (t: ExecutionContext, { lab, ran }: { lab: string; ran: ExecResult }, ...says: RegExp[]) => {
  t.is(ran.exitCode, 3, ran.stderr);
  for (const words of says) t.regex(ran.stderr, words);
  t.notRegex(ran.stderr, /asked:|^\s+at .*:\d+:\d+|bug in Quintet/m);
  t.false(await exists(join(lab, '.vagrant')));
  t.false(await exists(join(lab, '.quintet', 'state.json')), await readFile(join(lab, 'lab.yaml'), 'utf8'));
};

const VBoxManage = version('7.0.20r163906');
const ssh = 'exit 255';

test.serial('up without Vagrant tells where to get it', async (t) => {
  await refused(
    t,
    await upOn(t, { VBoxManage }),
    /Vagrant was not found/,
    /developer\.hashicorp\.com\/vagrant\/install/,
  );
});

test.serial('up with a Vagrant that is too old for the VirtualBox there tells which one it takes', async (t) => {
  const programs = { vagrant: version('Vagrant 2.3.1'), VBoxManage };
  await refused(t, await upOn(t, programs), /Vagrant 2\.3\.1 can't drive VirtualBox 7\.0\.20/, /2\.3\.2 or newer/);
});

test.serial('up on a network that VirtualBox refuses tells how to allow it', async (t) => {
  if (process.platform !== 'linux' || (await exists('/etc/vbox/networks.conf'))) return t.pass('it is allowed here');
  const programs = { vagrant: version('Vagrant 2.3.4'), VBoxManage, ssh };
  const up = await upOn(t, programs, '--set', 'network.subnet=10.9.8.0/24');
  await refused(t, up, /lab\.yaml:\d+:\d+ warning/, /VirtualBox refuses the network 10\.9\.8\.0\/24/, /networks\.conf/);
});
