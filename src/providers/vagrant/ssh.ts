import { randomBytes } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine, run, startDetached } from '../../host/command.js';
import { exists, namesIn, removeTree } from '../../host/files.js';
import { labDoor } from '../../host/lab-door.js';
import { writeLabFile } from '../../host/lab-folder.js';
import { isAlive } from '../../host/process.js';
import { InterruptedError, MachineError } from '../../model/errors.js';
import { type Pace, usualPace } from '../../model/pace.js';
import type { ExecOptions, ExecResult, LabSite } from '../provider.js';
import { dotVagrant, sshConfigFile, vagrantHome } from './places.js';
import { keptWay, type Way, wayIn, wayKept, waysOptions } from './ssh-config.js';
import { askVagrant } from './vagrant-command.js';

/**
 * Commands go to a machine over plain ssh: asking vagrant for each would cost seconds. All of them share one connection,
 * which ends a minute after it was last used.
 */

const user = (): number => process.getuid?.() ?? 0;

/** A socket's path may be 104 bytes long, so it lies here and not in the lab folder or in a long temporary folder. */
const socketsFolder = (): string => `/tmp/quintet-${user()}`;

const socketOf = (site: LabSite, machine: string): string => join(socketsFolder(), `${site.id}-${machine}`);

/** Windows' ssh can't share connections; a folder that is somebody else's is not used. */
const canShare = async (): Promise<boolean> => {
  if (process.platform === 'win32') return false;
  await mkdir(socketsFolder(), { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(socketsFolder()).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === user() && (found.mode & 0o077) === 0;
};

const connectS = 10;
const persistS = 60;

/** How a lab's machines are spoken to, and how slow their answers may be. */
interface Speech extends LabSite {
  readonly pace: Pace;
  /** How each machine is reached, once that is known. */
  readonly ways: Map<string, Way>;
}

const wayTo = ({ ways }: Speech, machine: string): readonly string[] => {
  const way = ways.get(machine);
  if (way === undefined) throw new Error(`nobody has asked yet how ${machine} is reached`);
  return waysOptions(way);
};

const base = (site: Speech, machine: string): readonly string[] => [
  'ssh',
  ...wayTo(site, machine),
  ...Object.entries({
    LogLevel: 'ERROR',
    BatchMode: 'yes',
    ConnectTimeout: connectS * site.pace,
    ServerAliveInterval: 3 * site.pace,
    ServerAliveCountMax: 3,
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
];

/** Windows' ssh gives up when it is told of a socket, also of one that is not there. */
export const sharingOptions = (platform: NodeJS.Platform, socket: string, master: 'yes' | 'no'): readonly string[] =>
  platform === 'win32' ? ['-o', 'ControlPath=none'] : ['-o', `ControlPath=${socket}`, '-o', `ControlMaster=${master}`];

const sharing = (site: LabSite, machine: string, master: 'yes' | 'no'): readonly string[] =>
  sharingOptions(process.platform, socketOf(site, machine), master);

const isShared = async (site: Speech, machine: string): Promise<boolean> => {
  if (!(await exists(socketOf(site, machine)))) return false;
  const argv = [...base(site, machine), ...sharing(site, machine, 'no'), '-O', 'check', machine];
  return (await run(argv, { timeoutMs: 5000 })).exitCode === 0;
};

/**
 * Opens the connection that all commands share and leaves it to itself. Detached, since a connection that goes on beside a
 * command would keep that command's output open. Whether it worked is seen by whoever uses it.
 */
const share = async (site: Speech, machine: string): Promise<void> => {
  if (!(await canShare()) || (await isShared(site, machine))) return;
  await removeTree(socketOf(site, machine));
  const options = [...sharing(site, machine, 'yes'), '-o', `ControlPersist=${persistS}`];
  const pid = startDetached([...base(site, machine), ...options, machine, 'true']);
  const until = performance.now() + connectS * site.pace * 1000;
  while (!(await exists(socketOf(site, machine)))) {
    if (!isAlive(pid) || performance.now() > until) return;
    await delay(20);
  }
};

/** Asks Vagrant how the machine is reached and writes it down. */
const learn = async (site: Speech, machine: string, signal?: AbortSignal): Promise<void> => {
  const result = await askVagrant(site, ['ssh-config', machine], signal);
  const way = result.exitCode === 0 ? wayIn(result.stdout) : undefined;
  if (way === undefined) {
    throw new MachineError(machine, `Vagrant does not tell how ${machine} is reached.`, {
      log: `${result.stdout}${result.stderr}`.trim(),
      hint: 'quintet status tells whether it runs; quintet up starts it.',
    });
  }
  site.ways.set(machine, way);
  await writeLabFile(site.folder, sshConfigFile(machine), keptWay(site.folder, way));
};

/** Whether it is known how the machine is reached, and that still holds. */
const isCurrent = async (site: Speech, machine: string, port: number | undefined): Promise<boolean> => {
  const { folder, ways } = site;
  const known = ways.get(machine);
  if (known !== undefined) return port === undefined || known.port === port;
  const door = labDoor(folder);
  const keyFolders = [door.shown(dotVagrant), vagrantHome(process.env)];
  const way = wayKept(door.text(sshConfigFile(machine)), { folder, keyFolders, port });
  if (way !== undefined) ways.set(machine, way);
  return way !== undefined;
};

const pathVariable = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How long a command that was told to end may take before it is killed. */
const graceS = 2;

const asRoot = (argv: readonly string[], timeoutMs?: number, mark?: string): readonly string[] => [
  ...['sudo', '-n', '-H', 'env', '-C', '/', pathVariable, 'LANG=C.UTF-8'],
  ...(mark === undefined ? [] : [`QUINTET_EXEC=${mark}`]),
  ...(timeoutMs === undefined ? [] : ['timeout', `--kill-after=${graceS}`, (timeoutMs / 1000).toFixed(3)]),
  ...argv,
];

/** A command goes on when the connection it came through is cut: one that was interrupted is found by this and ended. */
const endMarked = (mark: string): readonly string[] => [
  'sh',
  '-c',
  'grep --files-with-matches --null-data --no-messages --line-regexp "QUINTET_EXEC=$1" /proc/[0-9]*/environ | cut -d/ -f3 | xargs -r kill',
  'end',
  mark,
];

const unreachable = (machine: string, stderr: string): MachineError =>
  new MachineError(
    machine,
    `${machine} can't be reached over SSH: ${stderr.trim().split('\n').at(-1) || 'no answer'}`,
    {
      hint: 'quintet status tells whether it runs; quintet up starts it.',
      cause: stderr,
    },
  );

/** SSH's own failure has the same exit code as a command's 255: a command that always works tells them apart. */
const sshFailed = 255;

export interface ConnectOptions {
  /** Of a machine on the processor itself. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Ask Vagrant whatever is known. */
  readonly anew?: boolean;
  /** Whether the machine still runs: one that does not is given up at once. */
  readonly isOn?: () => Promise<boolean>;
}

export interface Ssh {
  /** Waits until commands run in the machine, asking Vagrant anew how it is reached unless that is known to hold. */
  connect(machine: string, options: ConnectOptions): Promise<void>;
  exec(machine: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  shell(machine: string): Promise<readonly string[]>;
  /** Ends the shared connection. With `forget` also what is written down of the machine goes. */
  disconnect(machine: string, forget?: boolean): Promise<void>;
  /** Sockets of connections that are still there. */
  sockets(): Promise<string[]>;
}

/** `portOf` is the port that leads to a machine's SSH now, where it can be known without Vagrant. */
export const sshTo = (
  lab: LabSite,
  portOf: (machine: string) => Promise<number | undefined>,
  pace: Pace = usualPace,
): Ssh => {
  const site: Speech = { ...lab, pace, ways: new Map() };
  /** When each machine's connection was last found to be there. */
  const lastUsed = new Map<string, number>();

  const ready = async (machine: string, signal?: AbortSignal): Promise<void> => {
    const age = performance.now() - (lastUsed.get(machine) ?? Number.NEGATIVE_INFINITY);
    if (age < (persistS * 1000) / 2) return;
    if (!(await isCurrent(site, machine, await portOf(machine)))) await learn(site, machine, signal);
    await share(site, machine);
    lastUsed.set(machine, performance.now());
  };

  // The shared connection holds on to a command's output until that command has ended in the machine. One that may be
  // interrupted has a connection of its own, which goes at once.
  const runIn = (machine: string, words: readonly string[], options: ExecOptions): Promise<ExecResult> => {
    const connection = options.signal ? ['-o', 'ControlPath=none'] : sharing(site, machine, 'no');
    return run([...base(site, machine), ...connection, '-T', machine, commandLine(words)], options);
  };

  const answers = async (machine: string): Promise<ExecResult> =>
    runIn(machine, ['true'], { timeoutMs: 15_000 * pace });

  const exec = async (machine: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> => {
    await ready(machine, options.signal);
    const { timeoutMs } = options;
    const outer = timeoutMs === undefined ? {} : { timeoutMs: timeoutMs + (graceS + connectS + 5) * pace * 1000 };
    const began = performance.now();
    const mark = options.signal && randomBytes(8).toString('hex');
    const running = runIn(machine, asRoot(argv, timeoutMs, mark), { ...options, ...outer });
    const result = await running.catch(async (error: unknown) => {
      if (mark !== undefined) await runIn(machine, asRoot(endMarked(mark)), { timeoutMs: 5000 });
      throw error;
    });
    lastUsed.set(machine, performance.now());
    if (result.exitCode === sshFailed) {
      const check = await answers(machine);
      if (check.exitCode !== 0) {
        lastUsed.delete(machine);
        throw unreachable(machine, check.stderr || result.stderr);
      }
    }
    const killed = timeoutMs !== undefined && result.exitCode === 137 && performance.now() - began >= timeoutMs;
    return killed ? { ...result, exitCode: 124 } : result;
  };

  const disconnect = async (machine: string, forget = false): Promise<void> => {
    lastUsed.delete(machine);
    const socket = socketOf(site, machine);
    if (await exists(socket)) {
      const argv = ['ssh', '-o', `ControlPath=${socket}`, '-O', 'exit', machine];
      await run(argv, { timeoutMs: 5000 });
      await removeTree(socket);
    }
    if (!forget) return;
    site.ways.delete(machine);
    labDoor(site.folder).remove(sshConfigFile(machine));
  };

  const connect = async (machine: string, { limitMs, signal, anew = false, isOn }: ConnectOptions): Promise<void> => {
    await disconnect(machine);
    if (anew || !(await isCurrent(site, machine, await portOf(machine)))) await learn(site, machine, signal);
    const until = performance.now() + limitMs * pace;
    for (;;) {
      await share(site, machine);
      const result = await answers(machine);
      if (result.exitCode === 0) return void lastUsed.set(machine, performance.now());
      if (performance.now() > until || (await isOn?.()) === false) throw unreachable(machine, result.stderr);
      if (signal?.aborted) throw new InterruptedError();
      await delay(250);
    }
  };

  return {
    connect,
    exec,
    shell: async (machine) => {
      await ready(machine);
      return [...base(site, machine), ...sharing(site, machine, 'no'), '-t', machine];
    },
    disconnect,
    sockets: async () =>
      (await namesIn(socketsFolder()))
        .filter((name) => name.startsWith(`${site.id}-`))
        .map((name) => join(socketsFolder(), name)),
  };
};
