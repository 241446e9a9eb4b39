import { run } from '../../host/command.js';
import { useHome } from '../../host/home.js';
import { MachineError } from '../../model/errors.js';
import type { Faults, LabSite, Provider } from '../provider.js';
import { tarOf } from '../tar.js';
import { basePath } from './base.js';
import { ensureBases, machineRecipe } from './bases.js';
import { fullWeight, giveWeight, highestWeight } from './cgroups.js';
import { createDisk, diskExists, removeDisk } from './disk.js';
import { noImages } from './disk-image.js';
import { entering } from './enter.js';
import { requireHost } from './host-packages.js';
import { releaseLabIds } from './ids.js';
import { requireIsolation } from './isolation.js';
import { requireLayers } from './layers-trial.js';
import { labGroups, leftoversOf } from './leftovers.js';
import {
  awakeInit,
  execIn,
  killMachine,
  killProcesses,
  runningInit,
  startMachine,
  stateOf,
  stopMachine,
} from './machine.js';
import { groupName, homeOf, machineFolder } from './names.js';
import { cableOf, ensureNetwork, inNetwork, removeCable, removeNetwork, setCable, setPort } from './network.js';
import { raiseFiles, requireFiles } from './open-files.js';
import { enterOwnGroup, leaveOwnGroup, pressureOf, runFirst } from './own-group.js';
import { requireOwnUsers } from './own-users.js';
import { isPaused, pauseMachine, resumeMachine } from './pause.js';
import { renewBases } from './renew.js';
import { snapshotsOf } from './snapshots.js';
import { step } from './step.js';
import { forgetPlace, settleLab, tighten } from './tighten.js';
import { unpackScript } from './upload.js';
import { ensureWatchers } from './watch-limit.js';

const quiet = () => undefined;

const isOn = async (site: LabSite, machine: string): Promise<boolean> =>
  ['running', 'paused'].includes(await stateOf(site, machine));

const cable = async (site: LabSite, machine: string, to: 'up' | 'down'): Promise<void> => {
  const name = await cableOf(site, await runningInit(site, machine));
  if (name === undefined) throw new MachineError(machine, `${machine} has no cable in the lab network.`);
  await setCable(site, name, to);
  // The bridge opens the port of a cable that is plugged in.
  if (to === 'up' && (await isPaused(site, machine))) await setPort(site, name, 'closed');
};

const faultsOf = (site: LabSite, weight: () => number): Faults => ({
  // The kernel of a killed container goes on answering for its addresses for a moment; a machine without power does not.
  cutPower: async (machine) => {
    if (!(await isOn(site, machine))) return;
    // It could not be switched on again.
    await requireOwnUsers(site, [machine], quiet);
    const name = await cableOf(site, await runningInit(site, machine)).catch(quiet);
    if (name !== undefined) await setCable(site, name, 'down').catch(quiet);
    await killProcesses(site, machine);
    // Connections that can't say goodbye keep the dead machine's network, and this cable's name, for a minute.
    if (name !== undefined) await removeCable(site, name);
  },
  restorePower: async (machine) => {
    // Whoever was to cut its power may have been killed when no more than the cable was out.
    const isStillOn = await isOn(site, machine);
    await startMachine(site, machine, quiet, { weight: weight() });
    if (isStillOn) await cable(site, machine, 'up');
  },
  cutCable: (machine) => cable(site, machine, 'down'),
  // A machine that is off gets its cable when it is switched on.
  plugCable: async (machine) => {
    if (await isOn(site, machine)) await cable(site, machine, 'up');
  },
  pause: (machine) => pauseMachine(site, machine),
  resume: (machine) => resumeMachine(site, machine),
});

const upload = async (
  site: LabSite,
  machine: string,
  files: ReadonlyMap<string, Uint8Array>,
  to: string,
): Promise<void> => {
  const unpack = await entering(await awakeInit(site, machine), ['sh', '-c', unpackScript, 'unpack', to]);
  const result = await run(unpack, { input: tarOf(files), timeoutMs: 120_000 });
  if (result.exitCode === 0) return;
  throw new MachineError(machine, `${machine} did not take its files.`, { log: result.stderr.trim() });
};

/** A terminal of the machine's own where there is one here, so that everything that asks for a terminal finds it. */
const shellScript = 'if [ -t 0 ]; then exec script -qec "bash -l" /dev/null; else exec bash -l; fi';

const shell = async (site: LabSite, machine: string): Promise<readonly string[]> =>
  entering(await awakeInit(site, machine), ['sh', '-c', shellScript], [`TERM=${process.env.TERM ?? 'dumb'}`]);

/** Machines as systemd-nspawn containers, in a network of their own that the rest of the computer does not see. */
export const containerProvider = (site: LabSite): Provider => {
  useHome(homeOf(site));
  let weight = fullWeight;
  const favour = async (on: boolean) => {
    weight = on ? highestWeight : fullWeight;
    for (const { name } of site.plan.machines) await giveWeight(groupName(site, name), weight);
    await (on ? enterOwnGroup(site, weight) : leaveOwnGroup(site));
  };
  return {
    prepare: async (emit, signal) => {
      await requireHost();
      await requireFiles();
      await raiseFiles(site, emit);
      await favour(false);
      await ensureWatchers(emit);
      await tighten();
      await requireLayers();
      // What is tried for the disks, each machine asks again; nobody need wait for both.
      await Promise.all([requireIsolation(site, emit), noImages()]);
      await requireOwnUsers(
        site,
        site.plan.machines.map(({ name }) => name),
        emit,
      );
      await settleLab(site, emit);
      await renewBases(site, () => ensureBases(site, emit, signal), emit, signal);
      await ensureBases(site, emit, signal);
      await step(emit, 'make the lab network', () => ensureNetwork(site));
    },
    materials: async (emit, signal) => {
      await requireHost();
      await tighten();
      await requireLayers();
      await ensureBases(site, emit, signal);
    },
    state: (machine) => stateOf(site, machine),
    create: (machine) => createDisk(site, machine, basePath(machineRecipe(site, machine))),
    start: async (machine, emit, signal) => {
      if (!(await diskExists(site, machine))) throw new MachineError(machine, `${machine} has not been created yet.`);
      await ensureNetwork(site);
      await startMachine(site, machine, emit, { signal, weight });
    },
    stop: (machine, emit) => stopMachine(site, machine, emit),
    destroy: async (machine) => {
      await killMachine(site, machine);
      await removeDisk(site, machine);
    },
    cleanUp: async () => {
      const name = (group: string) => group.slice(`quintet-${site.id}-`.length);
      for (const group of await labGroups(site)) await killMachine(site, name(group));
      await removeNetwork(site);
      await forgetPlace(site);
      await releaseLabIds(site);
    },
    leftovers: () => leftoversOf(site),
    exec: (machine, argv, options) => execIn(site, machine, argv, options),
    shell: (machine) => shell(site, machine),
    upload: (machine, files, to) => upload(site, machine, files, to),
    atVantage: (argv) => inNetwork(site, argv),
    consoleLog: (machine) => machineFolder(site, machine).console,
    pressure: (who) => pressureOf(site, who),
    favour,
    runFirst: (pid) => runFirst(site, pid),
    faults: faultsOf(site, () => weight),
    snapshots: snapshotsOf(site),
  };
};
