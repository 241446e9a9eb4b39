import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { planOf } from '../../../src/plan/plan.js';
import { ensureBase } from '../../../src/providers/container/base.js';
import { recipeOf } from '../../../src/providers/container/bases.js';
import { labSchema } from '../../../src/roles/lab-schema.js';
import { executable, plainEnvironment, type Ran, words } from '../quintet.js';
import { type LabInside, openLab } from './lab.js';
import { makeRig, type Rig } from './rig.js';

/** The box that the stand-in's machines are made of: every role's packages are in it. */
export const standInBox = 'quintet/stand-in';

/** What tests of the stand-in need of this computer. */
export const standInNeeds = ['root', 'perl', 'vagrant', 'systemd-nspawn', 'mmdebstrap', 'ip', 'ssh'] as const;

/** A rig's computer with the box on it. */
export const computerWithBox = async (): Promise<Rig> => {
  const rig = await makeRig();
  try {
    const plan = planOf(labSchema.parse({ provider: 'virtualbox' }));
    await rig.addBox(standInBox, await ensureBase(recipeOf({ plan }), () => undefined));
    return rig;
  } catch (error) {
    await rig.remove();
    throw error;
  }
};

/** The computer of a test file: made when it is first asked for, and removed at the file's end. */
export interface Computer {
  (): Promise<Rig>;
  remove(): Promise<void>;
}

export const standInComputer = (): Computer => {
  let rig: Promise<Rig> | undefined;
  const get = () => {
    rig ??= computerWithBox();
    return rig;
  };
  return Object.assign(get, { remove: async () => (await rig)?.remove() });
};

/** The command line by which the built Quintet runs on the rig's computer. */
export const quintetInside = (rig: Rig, line: readonly string[]): readonly string[] =>
  rig.inside([process.execPath, executable, ...line]);

export interface OnComputer {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs the built Quintet there, as a person would who is never asked anything. */
export const quintetOn = (rig: Rig, { env = {}, ...where }: OnComputer, ...line: readonly string[]): Promise<Ran> =>
  rig.run([process.execPath, executable, ...line], {
    timeoutMs: 9 * 60_000,
    ...where,
    env: { ...plainEnvironment, ...env },
  });

/** What `init` is told to make a lab of the stand-in's machines. */
export const standInSettings = ['--set', 'provider=virtualbox', '--set', `box.name=${standInBox}`] as const;

/** A lab of the stand-in's machines, written as a newcomer's command writes it. */
export const newLab = async (t: ExecutionContext, rig: Rig, name: string, ...settings: string[]): Promise<string> => {
  const made = await quintetOn(rig, { cwd: rig.labs }, 'init', name, '--yes', ...standInSettings, ...settings);
  t.is(made.exitCode, 0, words(made));
  return join(rig.labs, name);
};

/** Such a lab, driven step by step; at the test's end its machines go, and nothing goes wrong any more. */
export const newLabInside = async (t: ExecutionContext, rig: Rig, name: string): Promise<LabInside> => {
  const lab = openLab(rig, await newLab(t, rig, name));
  t.teardown(async () => {
    await rig.misfortunes([]);
    await lab.ask('bring', 'absent', []).catch((error: Error) => t.log(error.message));
    await lab.close();
  });
  return lab;
};

/** The machines that are there, but for those that others are cloned from. */
export const machinesOn = async (rig: Rig): Promise<string[]> =>
  (await rig.run(['VBoxManage', 'list', 'vms'])).stdout
    .split('\n')
    .filter((line) => !/^("quintet-stand-in_|$)/.test(line));
