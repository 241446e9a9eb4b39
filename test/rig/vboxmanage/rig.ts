import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { must, type RunOptions, run } from '../../../src/host/command.js';
import { ensureDir } from '../../../src/host/files.js';
import { removeFolder } from '../../../src/providers/container/remove.js';
import type { ExecResult } from '../../../src/providers/provider.js';
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

/** One file that Node starts fast: Vagrant calls it hundreds of times. */
const bundle = async (home: string): Promise<string> => {
  const outfile = join(home, 'stand-in.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
};

const launcher = (standIn: string): string => `#!/bin/sh
# A stand-in for VBoxManage: test equipment of Quintet, not VirtualBox.
exec '${process.execPath}' '${standIn}' "$@"
`;

const install = async (home: string): Promise<string> => {
  const bin = join(home, 'bin');
  await ensureDir(bin);
  await writeFile(join(bin, 'VBoxManage'), launcher(await bundle(home)));
  await chmod(join(bin, 'VBoxManage'), 0o755);
  return bin;
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
      await sweep(home);
      await must(['ip', 'netns', 'delete', rigName(home)]);
      await removeFolder(home);
    },
  };
};
