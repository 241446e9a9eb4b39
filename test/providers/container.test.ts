import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { run } from '../../src/host/command.js';
import { exists } from '../../src/host/files.js';
import { ownFile } from '../../src/host/own-script.js';
import { InputError } from '../../src/model/errors.js';
import { planOf } from '../../src/plan/plan.js';
import { foldersOf } from '../../src/providers/container/base.js';
import { finishScript } from '../../src/providers/container/base-finish.js';
import {
  baseKey,
  buildCommand,
  layerScript,
  layersOf,
  liesOn,
  type Recipe,
} from '../../src/providers/container/base-recipe.js';
import { machineRecipe, recipeOf } from '../../src/providers/container/bases.js';
import { groupPaths, parseHierarchies } from '../../src/providers/container/cgroups.js';
import { containerProvider } from '../../src/providers/container/container.js';
import { deviceFiles } from '../../src/providers/container/devices.js';
import { unsupported } from '../../src/providers/container/distributions.js';
import { isInit, joining } from '../../src/providers/container/enter.js';
import { installCommand } from '../../src/providers/container/host-packages.js';
import { withLayers } from '../../src/providers/container/isolation.js';
import { labFolder, machineFolder } from '../../src/providers/container/names.js';
import { mountsBelow, removeFolder } from '../../src/providers/container/remove.js';
import { buildError } from '../../src/providers/container/tree.js';
import { unpackScript } from '../../src/providers/container/upload.js';
import { watchersExhausted } from '../../src/providers/container/watch-limit.js';
import type { LabSite } from '../../src/providers/provider.js';
import { tarOf } from '../../src/providers/tar.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { within } from '../rig/within.js';

const site = (id: string, lab: object = {}): LabSite => ({
  folder: '/nowhere',
  id,
  plan: planOf(labSchema.parse(lab)),
});
const recipe: Recipe = { system: 'debian-13', architecture: 'x64', packageScript: 'echo\n' };
const folderWith = () => mkdtemp(join(tmpdir(), 'quintet-test-'));

const v1 = `30 23 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
31 30 0:27 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
32 30 0:28 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,name=systemd
33 30 0:29 /docker/1234 /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
34 30 0:29 /docker/1234 /elsewhere rw,nosuid - cgroup cgroup rw,cpu,cpuacct
`;

test('the hierarchies of a computer with control groups of version 1 are found, each once, flat ones first', (t) => {
  t.deepEqual(parseHierarchies(v1), [
    { mount: '/sys/fs/cgroup/systemd', version: 1, controllers: ['name=systemd'], root: '/' },
    { mount: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['cpu', 'cpuacct'], root: '/docker/1234' },
    { mount: '/sys/fs/cgroup/unified', version: 2, controllers: [], root: '/' },
  ]);
});

test('on a laptop a machine is looked for where systemd makes its scope and where Quintet would make its own group', (t) => {
  const all = parseHierarchies('25 1 0:22 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate');
  t.deepEqual(groupPaths(all, 'quintet-12ab-web'), [
    '/sys/fs/cgroup/quintet-12ab-web',
    '/sys/fs/cgroup/system.slice/quintet-12ab-web.scope',
  ]);
});

test('a base is known by what goes into it', (t) => {
  t.is(baseKey(recipe), baseKey({ ...recipe }));
  t.regex(baseKey(recipe), /^debian-13-[0-9a-f]{16}$/);
  t.not(baseKey(recipe), baseKey({ ...recipe, packageScript: 'echo other\n' }));
  t.not(baseKey(recipe), baseKey({ ...recipe, system: 'debian-12' }));
  t.not(baseKey(recipe), baseKey({ ...recipe, architecture: 'arm64' }));
});

test('labs that differ in addresses share a base, labs with another engine do not', (t) => {
  const key = (lab: object) => baseKey(recipeOf(site('12ab', lab)));
  t.is(key({}), key({ network: { subnet: '10.9.8.0/24' }, name: 'other' }));
  t.not(key({}), key({ database: { engine: 'mariadb' } }));
  t.not(key({}), key({ app: { runtime: 'gunicorn' } }));
});

test('machines share what hangs on no choice, and hold only what they are for', (t) => {
  const keysOf = (lab: object) => {
    const one = site('12ab', lab);
    return Object.fromEntries(one.plan.machines.map(({ name }) => [name, baseKey(machineRecipe(one, name))]));
  };
  const usual = keysOf({});
  const other = keysOf({ database: { engine: 'mariadb' } });
  const shared = layersOf(usual.db ?? '').at(-1) ?? '';
  t.is(usual.lb1, usual.lb2);
  t.is(new Set(Object.values(usual)).size, 4);
  for (const key of Object.values(usual)) t.deepEqual(layersOf(key), [key, shared]);
  t.deepEqual({ ...other, db: usual.db }, usual);
  t.not(other.db, usual.db);
  t.true(liesOn(other.db ?? '', shared));
  t.false(liesOn(shared, shared));
  const script = machineRecipe(site('12ab'), 'db').packageScript;
  t.regex(script, /wanted_from_sid=\(mysql-server\)/);
  t.notRegex(script, /nginx|nodejs/);
});

test('a base is the folders that its name tells, the topmost first', (t) => {
  t.deepEqual(foldersOf('/bases/debian-13-01+23'), ['/bases/debian-13-01+23', '/bases/debian-13-01']);
  t.deepEqual(foldersOf('/bases/debian-13-01'), ['/bases/debian-13-01']);
});

test('the scripts of a layer are sound shell', async (t) => {
  const result = await run(['sh', '-n'], { input: layerScript });
  t.deepEqual(result, { exitCode: 0, stdout: '', stderr: '' });
});

test('the folder of a build reaches the hooks through the environment and no shell text', (t) => {
  const hooks = buildCommand(recipe, '/x').filter((word) => /^--customize-hook=.*bash/.test(word));
  t.is(hooks.length, 2);
  t.true(hooks.every((word) => word.includes('<"$QUINTET_BUILD/')));
});

test('the script that finishes a base is sound shell', async (t) => {
  const result = await run(['bash', '-n'], { input: finishScript() });
  t.deepEqual(result, { exitCode: 0, stdout: '', stderr: '' });
});

for (const name of ['enter', 'idmap'] as const) {
  test(`${name}.pl is sound Perl that needs no module`, async (t) => {
    const path = ownFile(`providers/container/${name}.pl`);
    const { exitCode, stderr } = await run(['perl', '-wc', path]);
    t.is(exitCode, 0, stderr);
    t.regex(stderr, /^\S+ syntax OK\n$/);
    t.deepEqual((await readFile(path, 'utf8')).match(/^\s*(?:use|require) .*/gm), ['use strict;']);
  });
}

test('a machine with users of its own finds the base with its owners, and one without as it lies', (t) => {
  const argv = (layers: readonly string[]) => ['show', ...layers];
  const shared = withLayers(undefined, ['/bases/a+b', '/bases/a'], argv);
  t.deepEqual(shared.slice(-3), ['show', '/bases/a+b', '/bases/a']);
  t.false(shared.includes('perl'));
  const own = withLayers(589_824, ['/bases/a+b', '/bases/a'], argv);
  t.deepEqual(own.slice(own.indexOf('589824')), [
    ...['589824', '65536', '/bases/a+b', '/run/layer-0', '/bases/a', '/run/layer-1'],
    ...['--', 'show', '/run/layer-0', '/run/layer-1'],
  ]);
});

test('a machine is refused every device before it is allowed some, none of them a disk', (t) => {
  const [first, ...others] = deviceFiles;
  t.deepEqual(first, ['devices.deny', 'a']);
  t.true(others.every(([file, value]) => file === 'devices.allow' && value.startsWith('c ')));
  // Memory, ports and the kernel's log are devices of the same kind as /dev/null.
  for (const minor of [1, 2, 4, 11]) t.false(others.some(([, value]) => value.startsWith(`c 1:${minor} `)));
});

test('Ubuntu without its keyring is refused with the command that installs it', (t) => {
  const error = unsupported('ubuntu-24.04', false);
  t.true(error instanceof InputError);
  t.regex(error?.hint ?? '', /apt-get install --yes ubuntu-keyring/);
  t.is(unsupported('ubuntu-24.04', true), undefined);
});

const failures: readonly (readonly [title: string, line: string, message: RegExp, hint: RegExp])[] = [
  [
    'no network',
    "Err:1 http://deb.debian.org Temporary failure resolving 'deb.debian.org'",
    /without a network/,
    /offline/,
  ],
  ['a full disk', 'dpkg: error: cannot write: No space left on device', /disk became full/, /Free some space/],
  ['anything else', 'E: Unable to locate package haproxyy', /E: Unable to locate package haproxyy/, /-v/],
];
for (const [title, line, message, hint] of failures) {
  test(`a build that fails for ${title} says so and what to do`, (t) => {
    const purpose = {
      title: 'Debian 13 base',
      folder: '/bases',
      neededBytes: 1.5e9,
      afterwards: 'Then it works offline.',
    };
    const error = buildError(purpose, ['I: running apt-get update...', line]);
    t.regex(error.message, message);
    t.regex(error.hint ?? '', hint);
    t.regex(String(error.cause), /running apt-get update/);
  });
}

test('an id or a machine name that could lead out of the state folder is a bug', (t) => {
  t.throws(() => labFolder(site('../../etc')));
  t.throws(() => labFolder(site('')));
  t.throws(() => machineFolder(site('12ab'), '../web'));
  t.throws(() => machineFolder(site('12ab'), ''));
  t.is(labFolder(site('12ab')), '/var/lib/quintet/labs/12ab');
});

test('the command that installs what is missing asks nothing', (t) => {
  t.deepEqual(installCommand(['mmdebstrap']), ['apt-get', 'install', '--yes', 'mmdebstrap']);
});

test('a process joins its groups before it becomes the command', async (t) => {
  const folder = await folderWith();
  const { stdout } = await run(joining([folder], ['sh', '-c', 'echo $$ "$@"', 'x', 'a b', '--', '$(id)']));
  const { stdout: joined } = await run(['cat', join(folder, 'cgroup.procs')]);
  t.is(stdout, `${joined.trim()} a b -- $(id)\n`);
  await rm(folder, { recursive: true });
});

test('files that are sent replace what was there', async (t) => {
  const folder = await folderWith();
  const stage = join(folder, 'stage');
  await mkdir(join(stage, 'old'), { recursive: true });
  const input = tarOf(new Map(['etc/a', 'b'].map((path) => [path, Buffer.from(path)])));
  t.deepEqual(await run(['sh', '-c', unpackScript, 'unpack', stage], { input }), {
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
  const { stdout } = await run(['find', stage, '-printf', '%P %m\n']);
  t.deepEqual(stdout.trim().split('\n').sort(), ['700', 'b 600', 'etc 700', 'etc/a 600']);
  await rm(folder, { recursive: true });
});

test('an upload that breaks in the middle is a failure and keeps the old folder', async (t) => {
  const folder = await folderWith();
  await mkdir(join(folder, 'stage'));
  await writeFile(join(folder, 'stage', 'old'), '');
  const whole = tarOf(new Map([['file', Buffer.alloc(4096, 'x')]]));
  const unpack = ['sh', '-c', unpackScript, 'unpack', join(folder, 'stage')];
  t.not((await run(unpack, { input: whole.subarray(0, 1500) })).exitCode, 0);
  t.true(await exists(join(folder, 'stage', 'old')));
  await rm(folder, { recursive: true });
});

test('a folder without mounts is removed whole, and one that is not there is fine', async (t) => {
  const folder = await folderWith();
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  t.deepEqual(await mountsBelow(folder), []);
  await removeFolder(folder);
  t.false(await exists(folder));
  await removeFolder(folder);
  t.true((await mountsBelow('/proc')).includes('/proc'));
});

test('a lab that was never built has no machine and leaves nothing', async (t) => {
  if (process.platform !== 'linux') return t.pass();
  const provider = containerProvider(site('00000000dead'));
  t.is(await provider.state('web'), 'absent');
  t.deepEqual(await provider.leftovers(), []);
});

test('a machine that found no file watcher left is told with the command that mends it', (t) => {
  const log = 'Welcome to Debian\nFailed to create control group inotify object: Too many open files\nExiting PID 1...';
  t.regex(watchersExhausted('web', log)?.hint ?? '', /sysctl --write fs\.inotify\.max_user_instances=1024/);
  t.is(watchersExhausted('web', 'Exiting PID 1...'), undefined);
});

/** The first process of a process namespace, and what has started it. */
const firstInNamespace = async (t: ExecutionContext) => {
  const parent = execa('unshare', ['--pid', '--fork', 'sleep', '60'], { reject: false, stdio: 'ignore' });
  const pid = parent.pid ?? 0;
  t.teardown(() => parent.kill('SIGKILL'));
  const children = async () => (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
  t.true(await within(10_000, async () => (await children()) !== ''));
  const init = Number(await children());
  t.true(await within(10_000, () => isInit(init)));
  return { init, parent: pid };
};

const stateIs = (pid: number, state: RegExp) => async () => state.test(await readFile(`/proc/${pid}/status`, 'utf8'));
const namespaceTest = needs('root', 'unshare', 'nsenter');

namespaceTest(
  'a machine’s first process that has died is none, though nobody has taken note of its death',
  async (t) => {
    const { init, parent } = await firstInNamespace(t);
    process.kill(parent, 'SIGSTOP');
    t.true(await within(10_000, stateIs(parent, /^State:\s+T/m)));
    process.kill(init, 'SIGKILL');
    t.true(await within(10_000, stateIs(init, /^State:\s+Z/m)));
    t.false(await isInit(init));
  },
);

namespaceTest('one that dies is none, though it sleeps until all of its machine is dead', async (t) => {
  const { init } = await firstInNamespace(t);
  const entered = execa('nsenter', [`--pid=/proc/${init}/ns/pid`, 'sleep', '60'], { reject: false, stdio: 'ignore' });
  const outside = entered.pid ?? 0;
  t.teardown(() => entered.kill('SIGKILL'));
  const inside = async () => Number((await readFile(`/proc/${outside}/task/${outside}/children`, 'utf8')).trim());
  t.true(await within(10_000, async () => (await inside()) > 0));
  const last = await inside();
  // Whose death nobody takes note of.
  process.kill(outside, 'SIGSTOP');
  t.true(await within(10_000, stateIs(outside, /^State:\s+T/m)));
  process.kill(init, 'SIGKILL');
  t.true(await within(10_000, stateIs(last, /^State:\s+Z/m)));
  t.true(await within(10_000, stateIs(init, /^State:\s+[SD]/m)));
  t.false(await isInit(init));
});
