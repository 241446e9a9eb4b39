import { readFile, readlink } from 'node:fs/promises';
import { ownFile } from '../../host/own-script.js';
import { groupsOf, processesIn } from './cgroups.js';

/** Joins the control groups named before `--`, then becomes the command after it. */
const joinScript = `set -eu
while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done
shift
exec "$@"`;

export const joining = (groups: readonly string[], argv: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  joinScript,
  'join',
  ...groups,
  '--',
  ...argv,
];

/**
 * First in a process namespace of its own, one below ours; nspawn's own helper is that too until it becomes init. One that dies
 * lets go of its network at once, and may then sleep until all of its machine is dead: it is gone before it is a zombie.
 */
export const isInit = async (pid: number): Promise<boolean> => {
  try {
    await readlink(`/proc/${pid}/ns/net`);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return /^NSpid:\s+\d+\s+1$/m.test(status) && !/^Name:\s+(systemd-nspawn|\(sd-)/m.test(status);
  } catch {
    return false;
  }
};

/** The first processes that were found, by control group: to look at one costs a tenth of looking for it. */
const known = new Map<string, number>();

const isFirstOf = async (group: string, pid: number): Promise<boolean> => {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return groups.split(/[/:\n]/).some((name) => name === group || name === `${group}.scope`) && isInit(pid);
};

/** The machine's first process, found by looking into its control group. */
export const firstProcess = async (group: string): Promise<number | undefined> => {
  const before = known.get(group);
  if (before !== undefined && (await isFirstOf(group, before))) return before;
  known.delete(group);
  for (const pid of await processesIn(group)) {
    if (!(await isInit(pid))) continue;
    known.set(group, pid);
    return pid;
  }
  return undefined;
};

/** The process outside the machine that has started its first one, and sees what that was started on. */
export const carrierOf = async (group: string): Promise<number> => {
  const status = await readFile(`/proc/${await firstProcess(group)}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
};

const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8'];

/**
 * The command line that runs `argv` in the machine whose first process is `init`, as a process of that machine that may do no more
 * than those which the machine has started itself, and that is told to end (SIGTERM) when the one outside it does, as that is when
 * Quintet does, which must have started it.
 */
export const entering = async (
  init: number,
  argv: readonly string[],
  extra: readonly string[] = [],
): Promise<readonly string[]> => [
  'perl',
  ownFile('providers/container/enter.pl'),
  process.arch,
  String(init),
  String(process.pid),
  ...(await groupsOf(init)),
  '--',
  ...environment,
  ...extra,
  '--',
  ...argv,
];

/** How long a command that was told to end may take before it is killed. */
export const graceS = 2;

/**
 * Ends a command and its children in the machine when its time is up (`timeoutMs`, 0 for none), and also when Quintet
 * dies, however: whatever enters a machine is told to end when the process outside it does.
 */
export const guarded = (argv: readonly string[], timeoutMs: number): readonly string[] => [
  'timeout',
  `--kill-after=${graceS}`,
  (timeoutMs / 1000).toFixed(3),
  ...argv,
];

export const dyingWithUs = (argv: readonly string[]): readonly string[] => ['setpriv', '--pdeathsig', 'KILL', ...argv];
