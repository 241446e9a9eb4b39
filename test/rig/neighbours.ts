import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { executable, plainEnvironment } from './quintet.js';

/**
 * What else may go on on a computer while a lab is measured: each at work in a control group of its own, as another lab's machines
 * are. Loops that all share the caller's group share one part of the processor with each other, and do no harm.
 */
export interface Neighbours {
  /** Ends all of them, and removes what they had. */
  stop(): Promise<void>;
}

const groups = '/sys/fs/cgroup';

/** No loop outlives this, whatever becomes of who started it. */
const mostS = 3 * 60 * 60;

const isMixed = existsSync(join(groups, 'cpu'));

const hierarchies = async (): Promise<string[]> =>
  isMixed ? (await readdir(groups)).map((name) => join(groups, name)) : [groups];

const makeGroup = async (name: string): Promise<void> => {
  for (const hierarchy of await hierarchies()) {
    const group = join(hierarchy, name);
    await mkdir(group, { recursive: true });
    // A group without processors and memory of its own takes nobody in.
    for (const file of ['cpuset.cpus', 'cpuset.mems'].filter((each) => isMixed && existsSync(join(group, each))))
      await writeFile(join(group, file), await readFile(join(hierarchy, file)));
  }
};

const removeGroup = async (name: string): Promise<void> => {
  for (const hierarchy of await hierarchies()) {
    const group = join(hierarchy, name);
    for (let left = 50; left > 0 && existsSync(group); left -= 1) await rmdir(group).catch(() => delay(100));
  }
};

const joining = `for group in ${isMixed ? `${groups}/*` : groups}; do echo $$ >"$group/$1/cgroup.procs"; done
shift
exec setpriv --pdeathsig KILL "$@"`;

let count = 0;

/** A program in a group of its own, which dies with this process. */
const grouped = async (argv: readonly string[]): Promise<Neighbours> => {
  count += 1;
  const name = `quintet-neighbour-${process.pid}-${count}`;
  await makeGroup(name);
  const options = { reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' } as const;
  const child = execa('sh', ['-c', joining, 'join', name, ...argv], options);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child;
    await removeGroup(name);
  };
  await delay(50);
  if (child.exitCode === null) return { stop };
  const { stderr } = await child;
  await removeGroup(name);
  throw new Error(`a neighbour did not start: ${stderr}`);
};

const all = (parts: readonly Neighbours[]): Neighbours => ({
  stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
});

const loop = (body: string): Promise<Neighbours> =>
  grouped(['bash', '-c', `while ((SECONDS < ${mostS})); do ${body}; done`]);

/** So many busy ones: every second one starts programs, the others only reckon. */
const busy = async (many: number): Promise<Neighbours> =>
  all(await Promise.all(Array.from({ length: many }, (_, index) => loop(index % 2 === 0 ? ':' : '/bin/true'))));

/** Takes half of the free memory, 8 GiB at the most, and uses all of it again and again. */
const memory = (): Promise<Neighbours> => {
  const blocks = Math.floor(Math.min(freemem() / 2, 8 * 2 ** 30) / 2 ** 26);
  const program = `const taken = Array.from({ length: ${blocks} }, () => Buffer.alloc(2 ** 26, 1));
    const endMs = Date.now() + ${mostS} * 1000;
    for (let turn = 0; Date.now() < endMs; turn = (turn + 1) % 256) for (const block of taken) block.fill(turn);`;
  return grouped([process.execPath, '-e', program]);
};

/** Writes 64 MiB to the disk the labs are on, and waits until it has them, over and over. */
const disk = async (): Promise<Neighbours> => {
  await mkdir('/var/lib/quintet/rig', { recursive: true });
  const room = await mkdtemp('/var/lib/quintet/rig/neighbour-');
  const writes = `dd if=/dev/zero of='${room}/file' bs=1M count=64 conv=fsync status=none; sync`;
  const writer = await loop(writes);
  return {
    stop: async () => {
      await writer.stop();
      // A dd that was just at it may still end.
      await delay(500);
      await rm(room, { recursive: true, force: true });
    },
  };
};

/** Another lab in that folder, brought up and destroyed over and over. */
const otherLab = async (room: string): Promise<Neighbours> => {
  const folder = join(room, 'other');
  let stopped = false;
  let running: { kill(signal: NodeJS.Signals): boolean } | undefined;
  const quintet = (cwd: string, ...line: string[]) => {
    running = execa(process.execPath, [executable, ...line], {
      cwd,
      reject: false,
      stdin: 'ignore',
      env: plainEnvironment,
      timeout: 10 * 60_000,
    });
    return running;
  };
  await quintet(room, 'init', 'other', '--yes', '--set', 'provider=container');
  const work = (async () => {
    while (!stopped) {
      await quintet(folder, 'up');
      if (!stopped) await quintet(folder, 'destroy', '--yes');
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      running?.kill('SIGINT');
      await work;
      await quintet(folder, 'destroy', '--yes');
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export interface Kind {
  readonly title: string;
  start(): Promise<Neighbours>;
}

/** Every kind there is, quiet first. */
export const kindsOfNeighbours = (room: string, counts: readonly number[]): Kind[] => [
  ...counts.map((many) => ({ title: many === 0 ? 'none' : `${many} busy ones`, start: () => busy(many) })),
  { title: 'another lab, up and destroyed', start: () => otherLab(room) },
  { title: 'memory taken and used', start: memory },
  { title: 'a slow disk', start: disk },
];
