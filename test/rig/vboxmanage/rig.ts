import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Companion, must, type RunOptions, run, start } from '../../../src/host/command.js';
import { ensureDir } from '../../../src/host/files.js';
import { removeFolder } from '../../../src/providers/container/remove.js';
import type { ExecResult } from '../../../src/providers/provider.js';
import { programOf } from '../source.js';
import { makeBox, rigFolder } from './box.js';
import { rigName, sweep } from './chassis.js';
import { type Call, type Misfortune, ordered, paths, readCalls } from './store.js';

/**
 * A computer with Vagrant and (a stand-in for) VirtualBox on it: a network namespace of its own, in which everything runs
 * that a person would start on that computer.
 */
export interface Rig {
  readonly home: string;
  /** A folder for labs that goes with the rig. */
  readonly labs: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command line that runs `argv` on that computer. */
  inside(argv: readonly string[]): readonly string[];
  run(argv: readonly string[], options?: RunOptions): Promise<ExecResult>;
  /** Every call of VBoxManage so far. */
  calls(): Promise<Call[]>;
  /** What shall go wrong from now on. */
  misfortunes(list: readonly Misfortune[]): Promise<void>;
  /** Adds a box that rests on a container base, under a name. */
  addBox(name: string, base: string): Promise<void>;
  remove(): Promise<void>;
}

/** Starts in a moment: Vagrant calls it hundreds of times. */
const launcher = (service: string): string => `#!/usr/bin/perl
# A stand-in for VBoxManage: test equipment of Quintet, not VirtualBox.
use strict;
use warnings;
use Socket;
$SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
socket(my $service, PF_UNIX, SOCK_STREAM, 0) or die "VBoxManage: $!\\n";
connect($service, sockaddr_un('${service}')) or die "VBoxManage: the stand-in's service is not there: $!\\n";
syswrite($service, join(' ', map { 'x' . unpack('H*', $_) } @ARGV) . "\\n");
my ($code, $stdout, $stderr) = split(/ /, do { local $/; <$service> } // '1 x x');
print STDOUT pack('H*', substr($stdout, 1));
print STDERR pack('H*', substr($stderr, 1));
exit $code;
`;

const install = async (home: string): Promise<string> => {
  const bin = join(home, 'bin');
  await ensureDir(bin);
  await writeFile(join(bin, 'VBoxManage'), launcher(paths(home).service));
  await chmod(join(bin, 'VBoxManage'), 0o755);
  return bin;
};

const startService = async (inside: Rig['inside'], env: Rig['env']): Promise<Companion> => {
  const service = start(inside(programOf('test/rig/vboxmanage/service.ts')), { env });
  // Read on by nobody, but never closed: to end the iteration would be to wait for the service's end.
  const { done } = await service.lines[Symbol.asyncIterator]().next();
  if (done) throw new Error(`the stand-in's service did not start: ${(await service.done).stderr}`);
  return service;
};

export const makeRig = async (): Promise<Rig> => {
  const home = join(rigFolder, randomBytes(4).toString('hex'));
  const netns = `/run/netns/${rigName(home)}`;
  await ensureDir(home);
  const bin = await install(home);
  await must(['ip', 'netns', 'add', rigName(home)]);
  await must(['ip', '-n', rigName(home), 'link', 'set', 'lo', 'up']);
  const labs = join(home, 'labs');
  await ensureDir(labs);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    QUINTET_STAND_IN: home,
    VAGRANT_HOME: join(home, 'vagrant'),
    VAGRANT_CHECKPOINT_DISABLE: '1',
  };
  const inside = (argv: readonly string[]) => ['nsenter', `--net=${netns}`, ...argv];
  const service = await startService(inside, env);
  const runInside = (argv: readonly string[], options: RunOptions = {}) =>
    run(inside(argv), { cwd: labs, ...options, env: { ...env, ...options.env } });
  return {
    home,
    labs,
    env,
    inside,
    run: runInside,
    calls: () => readCalls(home),
    misfortunes: (list) =>
      writeFile(paths(home).misfortunes, JSON.stringify(ordered(list, randomBytes(4).toString('hex')))),
    addBox: async (name, base) => {
      const box = await makeBox(base, home);
      const result = await runInside(['vagrant', 'box', 'add', '--name', name, '--provider', 'virtualbox', box]);
      if (result.exitCode !== 0) throw new Error(`the box was not added: ${result.stderr}${result.stdout}`);
    },
    remove: async () => {
      await service.stop();
      await sweep(home);
      await must(['ip', 'netns', 'delete', rigName(home)]);
      await removeFolder(home);
    },
  };
};
