import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { commandLine, run } from '../../src/host/command.js';
import { filesBelow } from '../../src/host/files.js';
import type { ExecResult } from '../../src/providers/provider.js';
import { needs } from '../rig/needs.js';
import { newLab } from '../rig/new-lab.js';
import { executable } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';
import { terminal } from '../rig/terminal.js';

/** Whatever is wrong with what a user gave, or with the computer: words that help, the right exit code, nothing half-made. */

const command = [process.execPath, executable];

const quintet = (cwd: string, argv: readonly string[], { env = {}, wrap = command as readonly string[] } = {}) =>
  run([...wrap, ...argv], { cwd, timeoutMs: 60_000, env: { CI: '', ...env } });

interface Expected {
  readonly exitCode: number;
  readonly says: readonly RegExp[];
}

const refused = (t: ExecutionContext, { exitCode, stdout, stderr }: ExecResult, expected: Expected): void => {
  t.is(exitCode, expected.exitCode, stderr);
  for (const words of expected.says) t.regex(stderr, words);
  t.is(stdout, '');
  t.notRegex(stderr, /^\s+at .*:\d+:\d+|bug in Quintet|node:internal/m);
};

const madeLab = async (t: ExecutionContext): Promise<string> => {
  const lab = join(await temporaryFolder(t), 'lab');
  await newLab(lab, 'provider=container');
  return lab;
};

const changeLab = async (lab: string, from: string | RegExp, to: string): Promise<void> => {
  const path = join(lab, 'lab.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
};

/** Every file with its text: what must be the same after a command that was refused. */
const contents = async (folder: string): Promise<readonly (readonly [string, string])[]> =>
  Promise.all((await filesBelow(folder)).map(async (path) => [path, await readFile(join(folder, path), 'base64')]));

const unchanged = async (t: ExecutionContext, folder: string, action: () => Promise<void>): Promise<void> => {
  const before = await contents(folder);
  await action();
  t.deepEqual(await contents(folder), before);
};

test.serial('a typo in lab.yaml stops every verb, with its place, the line and the right word', async (t) => {
  const lab = await madeLab(t);
  await changeLab(lab, 'timing: balanced', 'timming: balanced');
  const says = [/lab\.yaml:\d+:3 error/, /timming: balanced/, /did you mean timing\?/i];
  await unchanged(t, lab, async () => {
    for (const verb of ['up', 'generate', 'verify', 'status'])
      refused(t, await quintet(lab, [verb]), { exitCode: 2, says });
  });
});

test.serial('two machines with one address are told before anything is written', async (t) => {
  const lab = await madeLab(t);
  await changeLab(lab, '    # address: 192.168.56.11', '    address: 192.168.56.99\n    #');
  await changeLab(lab, /( {2}lb2:\n)/, '$1    address: 192.168.56.99\n');
  await unchanged(t, lab, async () => {
    const says = [/lab\.yaml:\d+:\d+ error/, /192\.168\.56\.99/, /lb1/];
    refused(t, await quintet(lab, ['generate']), { exitCode: 2, says });
    refused(t, await quintet(lab, ['up']), { exitCode: 2, says });
  });
});

test.serial('an unknown lab is told with the nearest one, and makes nothing', async (t) => {
  const cwd = await temporaryFolder(t);
  const ran = await quintet(cwd, ['init', 'x', '--yes', '--lab', 'scale-upp']);
  refused(t, ran, { exitCode: 2, says: [/scale-upp/, /scale-up\b/] });
  t.deepEqual(await readdir(cwd), []);
});

test.serial('a folder that holds anything is left alone, by init and by the whole main job', async (t) => {
  const cwd = await temporaryFolder(t);
  await mkdir(join(cwd, 'quintet-lab'));
  await writeFile(join(cwd, 'quintet-lab', 'thesis.txt'), 'mine');
  await unchanged(t, cwd, async () => {
    const says = [/not empty \(thesis\.txt\)/, /new or empty folder/];
    refused(t, await quintet(cwd, ['init', '--yes']), { exitCode: 2, says });
    const job = await quintet(cwd, ['--yes']);
    refused(t, job, { exitCode: 2, says });
  });
});

test.serial('a file in the way of the folder is named', async (t) => {
  const cwd = await temporaryFolder(t);
  await writeFile(join(cwd, 'file'), 'mine');
  await unchanged(t, cwd, async () => {
    for (const folder of ['file', 'file/lab']) {
      refused(t, await quintet(cwd, ['init', folder, '--yes']), { exitCode: 3, says: [/file/, /Move that file away/] });
    }
  });
});

test.serial('a lab.yaml that is no text file is told', async (t) => {
  const cwd = await temporaryFolder(t);
  await mkdir(join(cwd, 'lab.yaml'));
  refused(t, await quintet(cwd, ['up']), { exitCode: 3, says: [/lab\.yaml/, /folder where a file should be/] });
});

test.serial('without a terminal nothing is asked: --yes is named, and nothing is made', async (t) => {
  const cwd = await temporaryFolder(t);
  for (const env of [{}, { CI: 'true' }]) {
    refused(t, await quintet(cwd, [], { env }), { exitCode: 2, says: [/nobody to ask/, /quintet --yes/] });
    refused(t, await quintet(cwd, ['init'], { env }), { exitCode: 2, says: [/nobody to ask/, /--yes/] });
  }
  t.deepEqual(await readdir(cwd), []);
});

test.serial('open says that a port is in use, and names another one', async (t) => {
  const lab = await madeLab(t);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const ran = await quintet(lab, ['open', '--port', String(port)]);
  refused(t, ran, { exitCode: 3, says: [new RegExp(`Port ${port} .*in use`), /quintet open --port \d+/] });
  refused(t, await quintet(lab, ['open', '--port', '70000']), { exitCode: 2, says: [/1 to 65535/] });
});

test.serial('open of a lab that is not up says so', async (t) => {
  refused(t, await quintet(await madeLab(t), ['open']), { exitCode: 3, says: [/not up/, /quintet up/] });
});

needs('tmux')('a mistake is shown whole in a terminal of 60 columns', async (t) => {
  const lab = await madeLab(t);
  await changeLab(lab, 'title: Scale up', `titel: "${'a very long title '.repeat(8)}"`);
  const { until } = await terminal(t, [...command, 'validate'], { cwd: lab, columns: 60 });
  const screen = await until(/exit code \d+/);
  t.regex(screen, /exit code 2/);
  t.regex(screen, /titel/);
  t.regex(screen, /title\?/);
  // Whatever is wrapped by the terminal itself goes to its very edge.
  t.deepEqual(
    screen.split('\n').filter((line) => line.trimEnd().length >= 60),
    [],
  );
});

const asRoot = needs('root', 'unshare', 'setpriv', 'mount');
/** Quintet as a user without any rights, who may not look into the folder that the clone lies in (root's home, say). */
const asNobody = `mount --bind "$1" /mnt
shift
exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$@"`;
const clone = resolve(executable, '..', '..');
const nobody = ['unshare', '--mount', 'sh', '-euc', asNobody, 'nobody', clone, process.execPath, '/mnt/bin/quintet.js'];

asRoot('a folder that may not be written to is named, and nothing is made', async (t) => {
  const cwd = await temporaryFolder(t);
  await run(['chmod', '755', cwd]);
  const ran = await quintet(cwd, ['init', 'lab', '--yes'], { wrap: nobody });
  refused(t, ran, { exitCode: 3, says: [/permission denied/, /lab/, /folder of your own/] });
  t.deepEqual(await readdir(cwd), []);
});

asRoot('without root containers are refused with the word that helps, and no file changes', async (t) => {
  const lab = await madeLab(t);
  await run(['sh', '-c', 'chmod 755 .. && chown -R 65534:65534 .'], { cwd: lab });
  const first = await quintet(lab, ['up'], { wrap: nobody });
  refused(t, first, { exitCode: 3, says: [/need root/, /sudo/] });
  await unchanged(t, lab, async () => {
    refused(t, await quintet(lab, ['up'], { wrap: nobody }), { exitCode: 3, says: [/need root/, /sudo/] });
  });
  t.false((await filesBelow(lab)).includes('.quintet/state.json'));
});

asRoot('a lab of another user is told so', async (t) => {
  const lab = await madeLab(t);
  await run(['sh', '-c', 'chmod 755 .. .'], { cwd: lab });
  const ran = await quintet(lab, ['status'], { wrap: nobody });
  refused(t, ran, { exitCode: 3, says: [/permission denied/, /sudo in front/] });
});

/** Runs a script where a small disk of its own is mounted at `at`; nobody else sees it, and it goes with the script. */
const onSmallDisk = (at: string, size: string, script: string) =>
  run(
    ['unshare', '--mount', 'sh', '-c', `mount -t tmpfs -o size=${size} none "$1" && cd "$1" && ${script}`, 'sh', at],
    {
      timeoutMs: 60_000,
      env: { CI: '' },
    },
  );

for (const size of ['4k', '64k', '300k']) {
  asRoot(`a disk with room for ${size} becomes full, and no part of a lab is left`, async (t) => {
    const cwd = await temporaryFolder(t);
    const init = commandLine([...command, 'init', 'lab', '--yes']);
    const ran = await onSmallDisk(cwd, size, `{ ${init}; code=$?; find . >&2; exit $code; }`);
    refused(t, ran, { exitCode: 3, says: [/the disk is full/, /Free some space/] });
    t.regex(ran.stderr, /\n\.\n?$/, 'only the folder itself is there');
  });
}

asRoot('a disk that becomes full while a lab is generated again leaves every file whole', async (t) => {
  const lab = await madeLab(t);
  const cwd = await temporaryFolder(t);
  const generate = commandLine([...command, 'generate']);
  const script = `
    cp -r ${commandLine([lab])}/. .
    ${commandLine([...command, 'validate'])} >/dev/null
    sed -i 's/app: 3000/app: 3001/' lab.yaml
    dd if=/dev/zero of=filler bs=1k status=none 2>/dev/null
    ${generate}; code=$?
    find . -name '*.tmp' -o -type f -size 0 >&2
    rm filler
    echo '--- again' >&2
    ${generate} >&2 || code=99
    grep -l 3001 machines/app/etc/quintet/app.env machines/web/etc/nginx/nginx.conf >&2
    exit $code`;
  const ran = await onSmallDisk(cwd, '8M', `{ ${script}; }`);
  refused(t, ran, { exitCode: 3, says: [/the disk is full/, /machines\/app/] });
  const [full = '', again = ''] = ran.stderr.split('--- again');
  t.notRegex(full, /^\./m, 'half a file');
  t.notRegex(again, /✖/);
});

asRoot('the disk of the bases is too small: nothing is begun, and the room needed is told', async (t) => {
  const lab = await madeLab(t);
  await mkdir('/var/lib/quintet', { recursive: true });
  const up = `cd ${commandLine([lab])} && { ${commandLine([...command, 'up'])}; code=$?; ls -A /var/lib/quintet/bases >&2; exit $code; }`;
  const ran = await onSmallDisk('/var/lib/quintet', '100M', up);
  refused(t, ran, { exitCode: 3, says: [/needs about 1\.5 GB/, /Free some space/] });
  t.notRegex(ran.stderr, /building|debian-13-/);
});

needs(
  'root',
  'unshare',
  'mmdebstrap',
)('without a network the first build says that it needs one this once, and leaves nothing', async (t) => {
  const lab = await madeLab(t);
  await mkdir('/var/lib/quintet', { recursive: true });
  const up = commandLine(['unshare', '--net', ...command, '-C', lab, 'up']);
  const script = `{ ${up}; code=$?; find /var/lib/quintet/bases -mindepth 1 >&2; exit $code; }`;
  const ran = await onSmallDisk('/var/lib/quintet', '4G', script);
  refused(t, ran, { exitCode: 3, says: [/can't be built without a network/, /Connect to the network/] });
  t.notRegex(ran.stderr, /^\/var\/lib\/quintet\/bases/m);
});
