import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../src/host/command.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';

/** How many files may be open is given to whoever starts a machine; in many containers not even root may raise it. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'prlimit', 'setpriv').serial;

/** Everything on one machine: HAProxy wants most files. */
const madeLab = async (t: ExecutionContext): Promise<string> => {
  const cwd = await temporaryFolder(t);
  ok(t, await quintet(cwd, 'init', 'lab', '--lab', 'one-server', '--yes', '--set', 'provider=container'));
  const lab = join(cwd, 'lab');
  t.teardown(() => quintet(lab, 'destroy', '--yes'));
  return lab;
};

/** A quintet that may not open more than so many files, and not raise that. */
const limited = (lab: string, files: number, ...words: string[]) => {
  const caps = ['--bounding-set', '-sys_resource', '--inh-caps', '-sys_resource'];
  const argv = ['prlimit', `--nofile=${files}:${files}`, 'setpriv', ...caps, process.execPath, executable, ...words];
  return run(argv, { cwd: lab, env: plainEnvironment, timeoutMs: 240_000 });
};

const limitIn = async (lab: string, machine: string): Promise<number> => {
  const { stdout } = await quintet(lab, 'exec', machine, '--', 'grep', 'open files', '/proc/1/limits');
  return Number(stdout.split(/\s+/)[4]);
};

inMatrix(real)(
  '4,096 open files are enough for every machine, and a machine that has fewer gets more by up',
  async (t) => {
    const lab = await madeLab(t);
    const up = await limited(lab, 4096, 'up');
    t.is(up.exitCode, 0, up.stderr);
    t.is(await limitIn(lab, 'server'), 4096);
    const verified = await quintet(lab, 'verify', '--checks-only', '--retry-timeout', '15s');
    t.is(verified.exitCode, 0, verified.stdout + verified.stderr);
    // As a machine was left by a shell with fewer, in which HAProxy could not start.
    const lower = 'prlimit --pid 1 --nofile=1024:1024; systemctl restart haproxy';
    t.not((await quintet(lab, 'exec', 'server', '--', 'sh', '-c', lower)).exitCode, 0);
    t.is(await limitIn(lab, 'server'), 1024);
    ok(t, await quintet(lab, 'up'));
    t.true((await limitIn(lab, 'server')) >= 4096);
    ok(t, await quintet(lab, 'exec', 'server', '--', 'systemctl', 'restart', 'haproxy'));
  },
);

real('fewer are too few, which is said before anything is made, and by doctor', async (t) => {
  const lab = await madeLab(t);
  const up = await limited(lab, 1024, 'up');
  t.is(up.exitCode, 3);
  t.regex(up.stderr, /no more than 1,024 files may be open here, and HAProxy needs 4,096\.\n→ ulimit -Hn/);
  const doctor = await limited(lab, 1024, 'doctor');
  t.is(doctor.exitCode, 3);
  t.regex(doctor.stdout, /✖ open files +no more than 1,024/);
});
