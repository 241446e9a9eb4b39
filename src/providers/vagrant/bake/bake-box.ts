import { basename, dirname, join } from 'node:path';
import { moveTo, removeTree } from '../../../host/files.js';
import { labDoor } from '../../../host/lab-door.js';
import { labPaths } from '../../../host/lab-folder.js';
import { MachineError } from '../../../model/errors.js';
import type { Emit } from '../../../model/events.js';
import type { Plan } from '../../../model/plan.js';
import { boxName } from '../../../plan/boxes.js';
import { step } from '../../container/step.js';
import type { LabSite, Provider } from '../../provider.js';
import { vagrantProvider } from '../vagrant.js';
import { mustVagrant } from '../vagrant-command.js';
import { bakeScript } from './bake-script.js';

/** The one machine that the box is made of. */
const machine = 'box';

/** The lab's plan with that one machine in place of the lab's. */
export const bakePlan = (plan: Plan): Plan => {
  const [first] = plan.machines;
  if (first === undefined) throw new Error('a lab without machines');
  return { ...plan, machines: [{ ...first, name: machine, roles: [] }] };
};

export interface BakeOrder {
  readonly site: LabSite;
  /** The text of the Vagrantfile of `bakePlan`. */
  readonly vagrantfile: string;
  /** Absolute path of the box file. */
  readonly output: string;
}

/** It lies in the lab's own folder: whoever destroys the lab destroys a half-baked machine with it. */
const bakeFolder = `${labPaths.own}/bake`;

/** A Vagrant folder of its own, below the lab's. */
const ovenOf = (site: LabSite): LabSite => ({
  ...site,
  folder: labDoor(site.folder).shown(bakeFolder),
  id: `${site.id}b`,
  plan: bakePlan(site.plan),
});

const limitMs = 60 * 60_000;

const install = async (oven: Provider, plan: Plan, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const result = await oven.exec(machine, ['bash', '-s'], {
    input: bakeScript(plan),
    timeoutMs: limitMs,
    onLine: (line) => emit({ type: 'output', line }),
    ...(signal ? { signal } : {}),
  });
  if (result.exitCode === 0) return;
  throw new MachineError(machine, "The packages can't be installed in the machine that the box is to be made of.", {
    log: `${result.stdout}\n${result.stderr}`.trim(),
    hint: 'It needs a way to its package mirror. quintet bake goes on where it stopped.',
  });
};

/** Vagrant replaces no file; ours is replaced only by one that is whole. */
const pack = async (site: LabSite, output: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const temporary = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`);
  await removeTree(temporary);
  try {
    await mustVagrant(site, ['package', '--output', temporary], machine, emit, signal);
    await moveTo(temporary, output);
  } finally {
    await removeTree(temporary);
  }
};

/** Removes a machine that was being baked, and all that was made for it; nothing when there is none. */
export const clearBake = async (site: LabSite, emit: Emit): Promise<void> => {
  const door = labDoor(site.folder);
  if (!door.exists(bakeFolder)) return;
  door.makeFolder(bakeFolder);
  const oven = vagrantProvider(ovenOf(site));
  await oven.destroy(machine, emit);
  await oven.cleanUp(emit);
  door.remove(bakeFolder);
};

/**
 * Makes a box that has every role's packages in it of the lab's own box, by a machine that is started for that alone. An
 * interrupted bake goes on with that machine. Whatever happens, `output` is the whole box or as it was before.
 */
export const bakeBox = async (order: BakeOrder, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const site = ovenOf(order.site);
  const oven = vagrantProvider(site);
  await labDoor(order.site.folder).write(`${bakeFolder}/Vagrantfile`, order.vagrantfile);
  await oven.prepare(emit, signal);
  const from = boxName(site.plan);
  await step(emit, `start a machine of ${from}`, () => oven.start(machine, emit, signal));
  await step(emit, "install every role's packages in it", () => install(oven, site.plan, emit, signal));
  await step(emit, `make ${basename(order.output)} of it`, () => pack(site, order.output, emit, signal));
  await step(emit, 'remove the machine', () => clearBake(order.site, emit));
};
