import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { needs } from '../rig/needs.js';
import { ok, words } from '../rig/quintet.js';
import { give, quintet, scene } from '../rig/students-lab.js';

/** What the owner of a lab folder tries by what Vagrant would read or run there, as in folder.test.ts. */

const attack = needs('root', 'setpriv');

/** Programs that note that they were run, in place of Vagrant and VirtualBox. */
const fakePrograms = async (room: string, name = 'production'): Promise<Record<string, string>> => {
  const bin = join(room, 'bin');
  await mkdir(bin);
  const log = join(room, 'ran');
  const vagrant = `#!/bin/sh\necho "vagrant $*" >>${log}\n[ "$1" = --version ] && echo 'Vagrant 2.4.9'\nexit 0\n`;
  const vboxmanage = `#!/bin/sh\necho "VBoxManage $*" >>${log}
case $1 in
  --version) echo 7.1.0r1 ;;
  showvminfo) printf 'name="${name}"\\nVMState="running"\\nForwarding(0)="ssh,tcp,127.0.0.1,2222,,22"\\n' ;;
esac\n`;
  const ssh = `#!/bin/sh\necho "ssh $*" >>${log}\nexit 255\n`;
  for (const [program, text] of Object.entries({ vagrant, VBoxManage: vboxmanage, ssh })) {
    await writeFile(join(bin, program), text, { mode: 0o755 });
  }
  return { PATH: `${bin}:${process.env.PATH}`, VAGRANT_HOME: join(room, 'vagrant.d'), HOME: room };
};

const ran = async (room: string): Promise<string> => readFile(join(room, 'ran'), 'utf8').catch(() => '');
const said = /^vagrant (?!--version)/m;

const planted = async (lab: string, id: string): Promise<void> => {
  for (const machine of ['lb1', 'lb2', 'web', 'app', 'db']) {
    await writeLabFile(lab, `.vagrant/machines/${machine}/virtualbox/id`, id);
  }
};

/** What was said yes to for a test is not remembered after it. */
const forgetVouched = (t: ExecutionContext, lab: string): void =>
  t.teardown(async () => {
    const folder = '/var/lib/quintet/vouched';
    for (const name of await readdir(folder)) {
      if ((await readFile(join(folder, name), 'utf8')) === `${lab}\n`) await rm(join(folder, name));
    }
  });

// An edited Vagrantfile was run, as root, by nearly every verb.
attack('somebody else’s Vagrantfile is not run before somebody says so', async (t) => {
  const at = await scene(t, 'virtualbox');
  const env = await fakePrograms(at.room, 'temp_clone_1_1');
  await planted(at.lab, '11111111-2222-3333-4444-555555555555');
  await writeFile(join(at.lab, 'Vagrantfile'), `system("touch ${at.room}/owned")\n`);
  await give(at.lab);
  forgetVouched(t, at.lab);
  for (const argv of [['halt'], ['destroy', '--yes'], ['exec', 'lb1', '--', 'true'], ['snapshot', 'save', 'x']]) {
    const result = await quintet(at.lab, argv, env);
    t.is(result.exitCode, 2, words(result));
    t.regex(result.stderr, /Vagrant would run programs of the lab[\s\S]*user 65534's[\s\S]*--trust/);
    t.notRegex(await ran(at.room), said);
  }
  await quintet(at.lab, ['halt', '--trust'], env);
  t.regex(await ran(at.room), said, 'with --trust it is run');
  await rm(join(at.room, 'ran'));
  await quintet(at.lab, ['halt'], env);
  t.regex(await ran(at.room), said, 'and that is remembered');
  await rm(join(at.room, 'ran'));
  await writeFile(join(at.lab, 'Vagrantfile'), `system("touch ${at.room}/owned-again")\n`);
  t.is((await quintet(at.lab, ['halt'], env)).exitCode, 2, 'of that text alone');
});

// So was one that came in an archive, unpacked by whoever ran Quintet.
attack('a Vagrantfile out of an archive is run without a question only as Quintet makes it', async (t) => {
  const at = await scene(t, 'virtualbox');
  const env = await fakePrograms(at.room, 'temp_clone_1_1');
  const copy = join(at.room, 'unpacked');
  await execa('cp', ['-r', at.lab, copy]);
  await rm(join(copy, '.quintet'), { recursive: true });
  await give(copy, 0);
  ok(t, await quintet(copy, ['status'], env));
  await planted(copy, '11111111-2222-3333-4444-555555555555');
  ok(t, await quintet(copy, ['generate'], env));
  await quintet(copy, ['halt'], env);
  t.regex(await ran(at.room), said, 'as Quintet makes it');
  await rm(join(at.room, 'ran'));
  const text = await readFile(join(copy, 'Vagrantfile'), 'utf8');
  await writeFile(join(copy, 'Vagrantfile'), `${text}system("touch /tmp/owned")\n`);
  const result = await quintet(copy, ['halt'], env);
  t.is(result.exitCode, 2, words(result));
  t.regex(result.stderr, /not the one that Quintet makes of lab\.yaml/);
  await writeFile(join(copy, 'Vagrantfile'), text);
  await writeLabFile(copy, '.vagrant/plugins.json', '{}');
  t.regex((await quintet(copy, ['halt'], env)).stderr, /plugins for Vagrant/);
  t.notRegex(await ran(at.room), said);
});

// A lab that names a machine of somebody else's had it removed, with its disk.
attack('the id of another machine in .vagrant is not believed', async (t) => {
  const at = await scene(t, 'virtualbox');
  await give(at.lab, 0);
  const env = await fakePrograms(at.room);
  for (const id of ['11111111-2222-3333-4444-555555555555', '--help']) {
    await planted(at.lab, id);
    for (const argv of [['destroy', '--yes'], ['halt'], ['status'], ['fault', 'lb1', 'power-cut']]) {
      const result = await quintet(at.lab, argv, env);
      t.not(result.exitCode, 0);
      t.regex(result.stderr, /names a machine that this lab did not make/);
    }
  }
  t.notRegex(await ran(at.room), /controlvm|unregistervm|vagrant (halt|destroy)/);
});

// ssh ran the command that .quintet/ssh/lb1.conf named.
attack('what a lab says of SSH can name no command of this computer', async (t) => {
  const at = await scene(t, 'virtualbox');
  await give(at.lab, 0);
  const env = await fakePrograms(at.room, 'temp_clone_1_1');
  await planted(at.lab, '11111111-2222-3333-4444-555555555555');
  const config = `# ${JSON.stringify(at.lab)}\nHost lb1\n  HostName 127.0.0.1\n  Port 2222\n  ProxyCommand touch /tmp/x\n`;
  const far = { hostName: 'evil.example', user: 'x', port: 2222, identityFiles: ['/root/.ssh/id'], algorithms: [] };
  await writeLabFile(at.lab, '.quintet/ssh/lb1.conf', config);
  await writeLabFile(at.lab, '.quintet/ssh/lb1.json', JSON.stringify({ version: 1, folder: at.lab, way: far }));
  await quintet(at.lab, ['exec', 'lb1', '--', 'true'], env);
  t.notRegex(await ran(at.room), /ProxyCommand|\.conf|evil\.example/);
  const near = { ...far, hostName: '127.0.0.1', user: 'vagrant', identityFiles: [join(at.lab, '.vagrant/key')] };
  await writeLabFile(at.lab, '.quintet/ssh/lb1.json', JSON.stringify({ version: 1, folder: at.lab, way: near }));
  await quintet(at.lab, ['exec', 'lb1', '--', 'true'], env);
  t.regex(await ran(at.room), /^ssh -F none -o HostName=127\.0\.0\.1 /m);
});
