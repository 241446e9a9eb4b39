import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { must, run } from '../../src/host/command.js';
import { labId } from '../../src/host/lab-folder.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';

/** Where machines lie can be chosen, and what is said of a place is found out by trying it. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'unshare').serial;

const madeLab = async (t: ExecutionContext): Promise<string> => {
  const cwd = await temporaryFolder(t);
  ok(t, await quintet(cwd, 'init', 'lab', '--lab', 'one-server', '--yes', '--set', 'provider=container'));
  return join(cwd, 'lab');
};

/** Runs a line of sh where `at` is a file system of its own that nobody else sees. */
const mounted = async (lab: string, at: string, mount: string, line: string) => {
  const script = `${mount}\nnode=$3 quintet=$4\ncd "$2"\n${line}`;
  return run(['unshare', '--mount', 'sh', '-c', script, 'sh', at, lab, process.execPath, executable], {
    env: plainEnvironment,
    timeoutMs: 120_000,
  });
};

const overlay = `set -e
mount -t tmpfs quintet-test "$1"
mkdir "$1/lower" "$1/upper" "$1/work" "$1/home"
mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" quintet-test "$1/home"
set +e`;

real(
  'a place on an overlay is refused by doctor and by up, in words, and the lab may lie elsewhere afterwards',
  async (t) => {
    const lab = await madeLab(t);
    const at = await temporaryFolder(t);
    const line = (verb: string) => `"$node" "$quintet" --home "$1/home" ${verb}`;
    const doctor = await mounted(lab, at, overlay, line('doctor'));
    t.is(doctor.exitCode, 3);
    t.regex(doctor.stdout, /✖ overlay .*can't lie in .*\/home: no overlay .*overlayfs[\s\S]*→ QUINTET_HOME=/);
    const up = await mounted(lab, at, overlay, line('up'));
    t.is(up.exitCode, 3);
    t.regex(up.stderr, /Machines can't lie there: .*\(overlayfs\)\.\n→ Choose another place: QUINTET_HOME=/);
    t.notRegex(up.stderr, /wrong fs type|dmesg/);
    t.false((await readdir('/var/lib/quintet/labs')).includes(await labId(lab)));
  },
);

real('a place on a tmpfs is as good as the kernel lets it be, and doctor says which', async (t) => {
  const lab = await madeLab(t);
  const at = await temporaryFolder(t);
  const { stdout } = await mounted(
    lab,
    at,
    'mount -t tmpfs -o mode=0700 quintet-test "$1"',
    '"$node" "$quintet" --home "$1" doctor',
  );
  t.regex(stdout, /✔ overlay +overlay file systems work in /);
  // Idmapped mounts of a tmpfs came with Linux 6.3.
  t.regex(stdout, /(✔|✖) user namespaces/);
  t.regex(stdout, /✔ disk files/);
});

inMatrix(real)(
  'machines lie where somebody chose, and every later command finds them there without being told',
  async (t) => {
    const lab = await madeLab(t);
    const home = join(await temporaryFolder(t), 'home');
    await mkdir(home, { mode: 0o700 });
    await run(['cp', '--archive', '--link', '/var/lib/quintet/bases', home]);
    const entry = join('/var/lib/quintet/labs', await labId(lab));
    t.teardown(() => quintet(lab, 'destroy', '--yes'));
    const up = await execa(process.execPath, [executable, 'up'], {
      cwd: lab,
      env: { ...plainEnvironment, QUINTET_HOME: home },
      reject: false,
    });
    t.is(up.exitCode, 0, up.stderr);
    t.true((await lstat(entry)).isSymbolicLink());
    t.is((await readdir(join(home, 'labs', await labId(lab), 'machines'))).length, 1);
    t.is(ok(t, await quintet(lab, 'exec', 'server', '--', 'hostname')), 'server');
    ok(t, await quintet(lab, 'halt', 'server'));
    const again = await quintet(lab, '--home', '/var/lib/quintet', 'up');
    ok(t, again);
    t.regex(again.stderr, /lie in .*\/home and stay there/);
    t.regex(ok(t, await quintet(lab, 'doctor')), new RegExp(`overlay file systems work in ${home}`));
    ok(t, await quintet(lab, 'halt'));
    await rename(home, `${home}-away`);
    const away = await quintet(lab, 'destroy', '--yes');
    t.is(away.exitCode, 3);
    t.regex(away.stderr, new RegExp(`machines of this lab lie in ${home}, which is not there now`));
    await rename(`${home}-away`, home);
    ok(t, await quintet(lab, 'destroy', '--yes'));
    await t.throwsAsync(lstat(entry), { code: 'ENOENT' });
    t.deepEqual(await readdir(join(home, 'labs')), []);
  },
);

real('a place that others may write to, or with an odd name, is refused', async (t) => {
  const lab = await madeLab(t);
  const open = await temporaryFolder(t);
  await must(['chmod', '0777', open]);
  const shared = await quintet(lab, '--home', open, 'up');
  t.is(shared.exitCode, 3);
  t.regex(shared.stderr, /is not root's alone.*chmod go-w/s);
  const odd = await quintet(lab, '--home', join(open, 'a:b'), 'up');
  t.is(odd.exitCode, 2);
  t.regex(odd.stderr, /no folder that machines can lie in/);
});
