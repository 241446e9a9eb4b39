import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { releaseOf } from '../../src/cli/bundle/packages.js';
import { run } from '../../src/host/command.js';
import { exists, filesBelow, readIfAny } from '../../src/host/files.js';
import { systems } from '../../src/model/lab.js';
import { distributionOf } from '../../src/providers/container/distributions.js';
import { findingsOf, passes } from '../rig/findings.js';
import { killed } from '../rig/killed.js';
import { needs } from '../rig/needs.js';
import { ok, quintet, type Ran, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { makeWorkstation, stick, type Workstation } from '../rig/workstation.js';

/**
 * From a computer with a network to one that has none: a bundle is written here, and a plain system that lacks Node.js,
 * Quintet and their packages installs it, builds the lab and checks it. Each test goes on from the last.
 */

const room = await temporaryRoom();
const lab = join(room, 'my lab');
const bundle = join(lab, 'quintet-bundle');
let workstation: Workstation | undefined;
/** What `quintet bundle` showed. */
let digest = '';
// Boxes of these tests, not those of whoever runs them.
process.env.VAGRANT_HOME = join(room, 'vagrant');
test.after.always(async () => {
  await rm(room, { recursive: true, force: true });
});

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'unshare', 'apt-get');

/** A plain system as this computer's release was when it came out: behind the bundle in its updates. */
const newWorkstation = async (): Promise<Workstation> => {
  const release = releaseOf(await readFile('/etc/os-release', 'utf8')).replace(' ', '-');
  const system = systems.find((name) => name === release);
  if (system === undefined) throw new Error(`no workstation of ${release} can be made`);
  const { suite, mirror, components, keyring } = distributionOf(system);
  return makeWorkstation(room, bundle, suite, [`deb [signed-by=${keyring}] ${mirror} ${suite} ${components}`]);
};

const there = (): Workstation => {
  if (!workstation) throw new Error('there is no workstation');
  return workstation;
};

real('a bundle whose writing was killed is none', async (t) => {
  ok(t, await quintet(room, 'init', 'my lab', '--yes', '--set', 'provider=container'));
  const { inTime, said } = await killed(lab, ['bundle', '--yes'], /pack the base …/);
  t.true(inTime, said);
  t.false(await exists(bundle));
});

real('the next one is whole, and sweeps up', async (t) => {
  const [ran, made] = await Promise.all([quintet(lab, 'bundle', '--yes'), newWorkstation()]);
  workstation = made;
  const sizes = ok(t, ran);
  for (const part of ['quintet', 'packages', 'base', 'lab', 'all'])
    t.regex(sizes, new RegExp(`^${part} +[\\d,]+$`, 'm'));
  t.log(sizes);
  digest = /^digest {2}([0-9a-f]{64})$/m.exec(sizes)?.[1] ?? '';
  t.is(digest.length, 64, sizes);
  t.deepEqual(
    (await readdir(lab)).filter((name) => name.includes('quintet-bundle')),
    ['quintet-bundle'],
  );
  const again = await quintet(lab, 'bundle', '--yes');
  t.is(again.exitCode, 2, words(again));
  t.regex(again.stderr, /a bundle already/);
});

real('no secret and no state of the lab is in it', async (t) => {
  const own = join(lab, '.quintet');
  const secrets = (await filesBelow(own)).filter((file) => /^(ca|machines|id$)/.test(file));
  t.true(secrets.some((file) => /database\.password$/.test(file)) && secrets.some((file) => /\.key$/.test(file)));
  const texts = await Promise.all(secrets.map((file) => readFile(join(own, file), 'utf8')));
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.length >= 8 && !line.startsWith('-----'));
  const found = await run(['grep', '-rlaFf', '-', '--', bundle], { input: lines.join('\n') });
  t.is(found.stdout, '', 'a line of a secret is in these');
  t.is(found.exitCode, 1, found.stderr);
  t.deepEqual(
    (await filesBelow(bundle)).filter((file) => file.includes('.quintet')),
    [],
  );
  t.true(await exists(join(bundle, 'lab', 'lab.yaml')));
});

/** The bundle with links in place of copies, so that one file of it can be changed without the others. */
const damaged = async (change: (copy: string) => Promise<void>): Promise<Ran> => {
  const copy = join(room, 'damaged');
  await run(['cp', '--archive', '--link', bundle, copy]);
  await change(copy);
  const ran = await run(['sh', join(copy, 'install.sh'), '--check']);
  await rm(copy, { recursive: true });
  return ran;
};

const flipBit = async (path: string): Promise<void> => {
  await copyFile(path, `${path}.own`);
  await rm(path);
  await copyFile(`${path}.own`, path);
  await rm(`${path}.own`);
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  const at = Math.floor((await file.stat()).size / 2);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.close();
};

real('one flipped bit, a missing file and half a bundle are refused, and named', async (t) => {
  const [base = ''] = await readdir(join(bundle, 'base'));
  const flipped = await damaged((copy) => flipBit(join(copy, 'base', base)));
  t.is(flipped.exitCode, 3, words(flipped));
  t.true(flipped.stderr.includes(`base/${base} is not what was written`), words(flipped));
  const missing = await damaged((copy) => rm(join(copy, 'lab', 'lab.yaml')));
  t.is(missing.exitCode, 3, words(missing));
  t.regex(missing.stderr, /lab\/lab\.yaml is missing/);
  const half = await damaged(async (copy) => {
    const sums = join(copy, 'SHA256SUMS');
    const text = await readFile(sums, 'utf8');
    await rm(sums);
    await writeFile(sums, text.slice(0, text.length / 2));
  });
  t.is(half.exitCode, 3, words(half));
  t.regex(half.stderr, /not whole/);
});

real('the workstation has no way out, and nothing that Quintet needs', async (t) => {
  const ran = await there().sh(`
    tail -n +2 /proc/net/route
    grep -v ' lo$' /proc/net/ipv6_route || true
    ls /sys/class/net >/dev/null
    tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | grep -vx lo || true
    for program in node ip systemd-nspawn mmdebstrap zstd quintet; do command -v "$program" || true; done
    ls -A /var/lib/quintet 2>/dev/null || true`);
  t.is(ok(t, ran), '');
});

real('an installation that was killed while it unpacked leaves no half base', async (t) => {
  const ran = await there().sh(`
    sh '${stick}/install.sh' --digest ${digest} & installer=$!
    until ls -d /var/lib/quintet/bases/.importing-*/*/usr >/dev/null 2>&1; do
      kill -0 $installer || exit 9
      sleep 0.01
    done
    kill -KILL $installer`);
  // What the installer had started dies with the computer's first process.
  ok(t, ran);
  const left = ok(t, await there().sh('ls -A /var/lib/quintet/bases'));
  t.regex(left, /^\.importing-/);
  t.is(left.split('\n').length, 1, left);
});

real('it installs from the stick, and a second time finds all there', async (t) => {
  const ran = await there().sh(`
    sh '${stick}/install.sh' --digest ${digest}
    sh '${stick}/install.sh' --digest ${digest.slice(0, 16)}
    ls -A /var/lib/quintet/bases; ls -A /opt; ls -A /tmp
    test ! -e /etc/apt/sources.list.d/quintet.list
    quintet --version`);
  const [key = ''] = (await readdir(join(bundle, 'base'))).map((name) => name.replace(/\.tar\..*$/, ''));
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const said = ok(t, ran).split('\n');
  t.deepEqual(said.slice(-2), ['quintet', version]);
  const parts = said.slice(0, -2);
  t.is(parts[0], key);
  t.true(parts.length > 1 && parts.slice(1).every((part) => part.startsWith(`${key}+`)), parts.join(' '));
  t.regex(ran.stderr, /The base \S+: unpacking[\s\S]*Packages: all there[\s\S]*The base \S+: is there/);
});

type Maker = readonly [which: string, script: string];
const makers: readonly Maker[] = [
  ['the lab of the stick', `cp -R '${stick}/lab' taken; cd taken`],
  ['a new lab', 'quintet init made --yes; cd made'],
];
for (const [which, make] of makers) {
  real(`${which} comes up and passes every check without any route`, async (t) => {
    const ran = await there().sh(`
    cd /root; ${make}
    quintet up
    quintet verify --checks-only --retry-timeout 10s --format json
    quintet destroy --yes`);
    ok(t, ran);
    const findings = findingsOf(ran);
    t.true(findings.length >= 10, words(ran));
    passes(t, findings);
    t.falsy(await readIfAny(join(there().root, 'var', 'lib', 'quintet', 'labs', 'left')));
  });
}

const boxed = needs('root', 'vagrant', 'unshare');
const vagrantLab = async (t: ExecutionContext, name: string, ...settings: string[]): Promise<string> => {
  const set = ['provider=virtualbox', 'box.name=my/box', ...settings].flatMap((setting) => ['--set', setting]);
  ok(t, await quintet(room, 'init', name, '--yes', ...set));
  return join(room, name);
};

/** Installs without a route, for a person of their own. */
const installBox = (folder: string, shown: string): Promise<Ran> => {
  const script = 'sh "$1/install.sh" --digest "$3" --prefix "$2" && "$2/bin/quintet" --version && vagrant box list';
  const argv = [
    '--net',
    'sh',
    '-c',
    script,
    'install',
    join(folder, 'quintet-bundle'),
    join(room, 'prefix of mine'),
    shown.slice(-64),
  ];
  return execa('unshare', argv, {
    reject: false,
    cwd: room,
    env: { SUDO_USER: '' },
  }) as Promise<unknown> as Promise<Ran>;
};

boxed('a bundle for Vagrant brings its box, from a file or from what Vagrant has', async (t) => {
  await mkdir(join(room, 'box'));
  await writeFile(join(room, 'box', 'metadata.json'), '{"provider":"virtualbox"}');
  await writeFile(join(room, 'box', 'box.ovf'), '<Envelope/>');
  await run(['tar', '--create', '--gzip', '--file', join(room, 'my.box'), '--directory', join(room, 'box'), '.']);
  const fromFile = await vagrantLab(t, 'from-file', `box.url=${join(room, 'my.box')}`);
  const fileDigest = ok(t, await quintet(fromFile, 'bundle'));
  t.deepEqual(await readFile(join(fromFile, 'quintet-bundle/box/package.box')), await readFile(join(room, 'my.box')));
  t.regex(ok(t, await installBox(fromFile, fileDigest)), /my\/box +\(virtualbox, 0/);
  t.regex((await installBox(fromFile, fileDigest)).stderr, /The box my\/box: is there/);

  const fromVagrant = await vagrantLab(t, 'from-vagrant');
  const vagrantDigest = ok(t, await quintet(fromVagrant, 'bundle'));
  await rm(join(room, 'vagrant'), { recursive: true });
  t.regex(ok(t, await installBox(fromVagrant, vagrantDigest)), /my\/box +\(virtualbox, 0/);
  t.true(await exists(join(room, 'vagrant', 'boxes', 'my-VAGRANTSLASH-box', '0', 'virtualbox', 'box.ovf')));
});

boxed('a box without the checksum that lab.yaml gives is refused, and nothing is written', async (t) => {
  const wrong = `box.sha256=${'0'.repeat(64)}`;
  const folder = await vagrantLab(t, 'wrong', `box.url=${join(room, 'my.box')}`, wrong);
  const ran = await quintet(folder, 'bundle');
  t.is(ran.exitCode, 2, words(ran));
  t.regex(ran.stderr, /does not have the checksum/);
  t.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('bundle')),
    [],
  );
});
