import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { readOpenFaults } from '../../src/campaign/open-faults.js';
import { must, run } from '../../src/host/command.js';
import { isAlive } from '../../src/host/process.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { executable, plainEnvironment } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';
import { temporaryFolder } from '../rig/temporary.js';
import { within } from '../rig/within.js';

/** Nothing is lost when somebody stops listening: faults are undone, and the exit code says what was found out. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip').serial;
const onTerminal = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'tmux').serial;
const lab = sharedLab();

/** A line of bash in the lab's folder, with `quintet` as a command. */
const bash = async (line: string, ...more: readonly string[]) => {
  const script = `set -o pipefail; quintet() { ${JSON.stringify(process.execPath)} ${JSON.stringify(executable)} "$@"; }; ${line}`;
  return run(['bash', '-c', script, 'bash', ...more], { cwd: lab, env: plainEnvironment, timeoutMs: 240_000 });
};

const faultIsOpen = async (): Promise<boolean> => (await readOpenFaults(lab)).length > 0;

const closed = async (t: ExecutionContext, title: string): Promise<void> => {
  t.true(await within(60_000, async () => !(await faultIsOpen())), title);
};

inMatrix(real)('a reader that leaves changes no exit code', async (t) => {
  t.is((await bash('quintet exec web -- systemctl stop nginx')).exitCode, 0);
  const bad = await bash('quintet verify --checks-only --retry-timeout 1ms | true');
  const good = await bash('quintet exec web -- systemctl start nginx && quintet up 2>&1 | head -1');
  t.is(bad.exitCode, 1, bad.stderr);
  t.is(good.exitCode, 0, good.stdout + good.stderr);
  t.is((await bash('quintet logs web --follow | { head -1; exec <&-; quintet exec web -- logger more; }')).exitCode, 0);
  t.is((await bash('quintet verify --checks-only --retry-timeout 10s >/dev/full')).exitCode, 0);
});

inMatrix(real)('Ctrl-C undoes the fault though nobody hears what is said about it', async (t) => {
  const child = execa(process.execPath, [executable, 'verify', 'cable-cut'], {
    cwd: lab,
    env: plainEnvironment,
    reject: false,
    detached: true,
    stdin: 'ignore',
    buffer: false,
    timeout: 240_000,
  });
  child.stdout.destroy();
  child.stderr.destroy();
  t.true(await within(60_000, faultIsOpen));
  process.kill(-(child.pid ?? 0), 'SIGINT');
  t.is((await child).exitCode, 130);
  t.false(await faultIsOpen());
});

/** `verify power-cut` until its fault is there. */
const inTheMiddle = async (t: ExecutionContext) => {
  const child = execa(process.execPath, [executable, 'verify', 'power-cut'], {
    cwd: lab,
    env: plainEnvironment,
    reject: false,
    stdin: 'ignore',
    timeout: 240_000,
  });
  t.true(await within(60_000, faultIsOpen));
  return { child };
};

real('Ctrl-C says what it undoes, and which command begins again', async (t) => {
  const { child } = await inTheMiddle(t);
  child.kill('SIGINT');
  const { exitCode, stderr } = await child;
  t.is(exitCode, 130, stderr);
  t.regex(stderr, /Stopping cleanly[\s\S]*Undoing power-cut on lb[12] …[\s\S]*no fault is left in place/);
  t.regex(stderr, /→ quintet verify power-cut begins again\./);
  t.false(await faultIsOpen());
});

real('the second Ctrl-C ends it at once and says quintet heal, which undoes the rest', async (t) => {
  const { child } = await inTheMiddle(t);
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  const { exitCode, stderr } = await child;
  t.is(exitCode, 130, stderr);
  t.regex(stderr, /Stopped at once\. quintet heal undoes what is still broken/);
  t.notRegex(stderr, / at .*\.js/);
  t.is((await bash('quintet heal')).exitCode, 0);
  t.false(await faultIsOpen());
});

onTerminal('a terminal that is closed during a fault leaves none', async (t) => {
  const server = `quintet-test-${randomBytes(4).toString('hex')}`;
  const tmux = (...argv: string[]) => must(['tmux', '-L', server, ...argv], { timeoutMs: 10_000 });
  const folder = await temporaryFolder(t);
  const script = 'cd "$1"; echo $$ >"$4/pid"; exec "$2" "$3" --yes verify cable-cut';
  const words = ['sh', '-c', script, 'sh', lab, process.execPath, executable, folder];
  await tmux('-f', '/dev/null', 'new-session', '-d', ...words);
  t.true(await within(60_000, faultIsOpen));
  await tmux('kill-server');
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  t.true(await within(60_000, async () => !isAlive(pid)));
  await closed(t, 'the fault is undone');
});

inMatrix(real)('a hangup that is said twice still undoes the fault', async (t) => {
  const child = execa(process.execPath, [executable, 'verify', 'cable-cut'], {
    cwd: lab,
    env: plainEnvironment,
    reject: false,
    stdin: 'ignore',
    timeout: 240_000,
  });
  t.true(await within(60_000, faultIsOpen));
  for (const _ of [1, 2]) child.kill('SIGHUP');
  const { exitCode, stderr } = await child;
  t.is(exitCode, 130, stderr);
  t.false(await faultIsOpen());
});

real('a disk that is full loses the evidence, not the verdict', async (t) => {
  const reports = join(lab, 'reports');
  await mkdir(reports, { recursive: true });
  await must(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'quintet-test', reports]);
  t.teardown(() => run(['umount', '--lazy', reports]));
  const { exitCode, stdout, stderr } = await bash('quintet verify haproxy-killed');
  t.is(exitCode, 0, stdout + stderr);
  t.regex(stdout, /PASS/);
  t.regex(stderr, /evidence in .* is not whole: .*disk is full/);
});
