import { labSchema } from '../../../src/model/lab.js';
import { planOf } from '../../../src/plan/plan.js';
import { ensureBase } from '../../../src/providers/container/base.js';
import { recipeOf } from '../../../src/providers/container/container.js';
import { executable, plainEnvironment, type Ran } from '../quintet.js';
import { makeRig, type Rig } from './rig.js';

/** The box that the stand-in's machines are made of: every role's packages are in it. */
export const standInBox = 'quintet/stand-in';

/** What tests of the stand-in need of this computer. */
export const standInNeeds = ['root', 'vagrant', 'systemd-nspawn', 'mmdebstrap', 'ip', 'ssh'] as const;

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

/** The command line by which the built Quintet runs on the rig's computer. */
export const quintetInside = (rig: Rig, words: readonly string[]): readonly string[] =>
  rig.inside([process.execPath, executable, ...words]);

export interface OnComputer {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs the built Quintet there, as a person would who is never asked anything. */
export const quintetOn = (rig: Rig, { env = {}, ...where }: OnComputer, ...words: readonly string[]): Promise<Ran> =>
  rig.run([process.execPath, executable, ...words], {
    timeoutMs: 9 * 60_000,
    ...where,
    env: { ...plainEnvironment, ...env },
  });

/** What `init` is told to make a lab of the stand-in's machines. */
export const standInSettings = ['--set', 'provider=virtualbox', '--set', `box.name=${standInBox}`] as const;
