import { appendFile, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/host/command.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet, words } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';
import { temporaryFolder } from '../rig/temporary.js';

/** What people ran into, and could not get out of by what they were told. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'setpriv').serial;
const lab = sharedLab();

type Typo = readonly [machine: string, file: string, typo: string, says: RegExp];
const haproxy: Typo = ['lb1', 'etc/haproxy/haproxy.cfg', 'frobnicate 7', /haproxy\.cfg:(\d+)\].*frobnicate/];
const keepalived: Typo = ['lb1', 'etc/keepalived/keepalived.conf', 'frobnicate 7', /Line (\d+)\).*frobnicate/];
const nginx: Typo = ['web', 'etc/nginx/nginx.conf', 'frobnicate 7;', /frobnicate.* in \S+nginx\.conf:(\d+)/];
const mysql: Typo = [
  'db',
  'etc/mysql/mysql.conf.d/quintet.cnf',
  '[mysqld]\nfrobnicate=7',
  /unknown (?:variable|option) .*frobnicate/,
];

for (const [machine, file, typo, says] of matrix([haproxy], [mysql, keepalived, nginx])) {
  real(`a typo in ${file} is told by the program's own words, with its line where it counts lines`, async (t) => {
    const path = join(lab, 'machines', machine, file);
    const before = await readFile(path, 'utf8');
    t.teardown(async () => {
      await writeFile(path, before);
      const again = await quintet(lab, 'provision', machine);
      if (again.exitCode !== 0) throw new Error(words(again));
    });
    await appendFile(path, `${typo}\n`);
    const ran = await quintet(lab, 'provision', machine);
    t.is(ran.exitCode, 3, words(ran));
    const said = says.exec(ran.stdout + ran.stderr);
    t.truthy(said, words(ran));
    if (said?.[1] !== undefined) t.is(Number(said[1]), before.split('\n').length);
    t.is(
      (await quintet(lab, 'verify', '--checks-only', '--retry-timeout', '10s')).exitCode,
      0,
      'what it had serves on',
    );
  });
}

real('status tells which fault is open, which service is down, and where the last report lies', async (t) => {
  t.teardown(() => quintet(lab, 'heal'));
  ok(t, await quintet(lab, 'fault', 'web', 'service-stopped', '--service', 'nginx'));
  const said = words(await quintet(lab, 'status'));
  t.regex(said, /web: service-stopped of nginx\. quintet heal undoes it/);
  t.regex(said, /nginx\.service on web is inactive/i);
  t.regex(said, /The last verification is in \S*reports\/\S+Z/);
});

inMatrix(real)('a scenario file that is wrong is unknown for itself alone', async (t) => {
  const [folder, aside] = [join(lab, 'scenarios'), join(lab, 'scenarios-aside')];
  t.teardown(async () => {
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
  });
  await rename(folder, aside);
  await mkdir(folder);
  await copyFile(join(aside, 'haproxy-killed.yaml'), join(folder, 'haproxy-killed.yaml'));
  await writeFile(join(folder, 'wrong.yaml'), 'id: wrong\nbefore: 999999h\n');
  const ran = await quintet(lab, 'verify', '--retry-timeout', '15s', '--format', 'json');
  t.is(ran.exitCode, 4, words(ran));
  const { findings } = JSON.parse(ran.stdout) as { findings: { kind: string; id: string; outcome: string }[] };
  const others = findings.filter(({ outcome }) => outcome !== 'pass');
  t.deepEqual(
    others.map(({ id, outcome }) => `${id} is ${outcome}`),
    ['wrong is unknown'],
  );
  t.true(findings.some(({ id }) => id === 'haproxy-killed'));
});

/** As root of a computer where nobody has used `ip netns` yet: iproute2 will mount its folder over itself. */
const whereNobodyUsedNetns = `while mountpoint -q /run/netns; do umount --lazy /run/netns; done
"$@" up
ip netns add quintet-test-other
"$@" exec server -- true
"$@" destroy --yes
ip netns delete quintet-test-other
test "$("$@" status --format json | grep -c '"absent"')" = 1`;

inMatrix(real)('somebody’s first ip netns add keeps no lab from being used and destroyed', async (t) => {
  const room = await temporaryFolder(t);
  ok(t, await quintet(room, 'init', 'lab', '--lab', 'one-server', '--yes'));
  t.teardown(async () => {
    await quintet(join(room, 'lab'), 'destroy', '--yes');
    await rm('/run/netns/quintet-test-other', { force: true });
  });
  const ran = await run(
    ['unshare', '--mount', 'sh', '-euxc', whereNobodyUsedNetns, 'sh', process.execPath, executable],
    { cwd: join(room, 'lab'), env: plainEnvironment, timeoutMs: 240_000 },
  );
  t.is(ran.exitCode, 0, ran.stdout + ran.stderr);
});

real('who may not destroy a machine is not told that it is done', async (t) => {
  await run(['sh', '-c', 'chmod 755 "$1" && chown -R 65534:65534 "$2"', 'sh', join(lab, '..'), lab]);
  t.teardown(() => run(['chown', '-R', 'root:root', lab]));
  // Root's Quintet, from a place that everybody may look into.
  const asNobody = `mount --bind "$1" /mnt && shift
exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$@"`;
  const ran = await run(
    ['unshare', '--mount', 'sh', '-euc', asNobody, 'sh', join(executable, '..', '..'), process.execPath].concat(
      '/mnt/bin/quintet.js',
      'destroy',
      '--yes',
    ),
    { cwd: lab, env: plainEnvironment, timeoutMs: 120_000 },
  );
  t.is(ran.exitCode, 3, words(ran));
  t.notRegex(words(ran), /done/);
  t.regex(words(ran), /sudo/);
  await run(['chown', '-R', 'root:root', lab]);
  ok(t, await quintet(lab, 'exec', 'web', '--', 'true'));
});
