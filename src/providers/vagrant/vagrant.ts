import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { removeTree } from '../../host/files.js';
import { labDoor } from '../../host/lab-door.js';
import { lock } from '../../host/lock.js';
import { availableBytes } from '../../host/memory.js';
import { MachineError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import { type Pace, usualPace } from '../../model/pace.js';
import type { Faults, LabSite, MachineState, Provider, Snapshots } from '../provider.js';
import { atOnce } from './at-once.js';
import { ensureBox } from './box.js';
import { emulationPace, emulationWords, isEmulated } from './emulation.js';
import { type FirstAlone, firstAlone } from './first-alone.js';
import { gate } from './gate.js';
import type { Hypervisor } from './hypervisors/hypervisor.js';
import { hypervisorOf } from './hypervisors/hypervisors.js';
import { leftoversOf, orphans, vagrantMachines } from './leftovers.js';
import { requireOwnAddresses } from './own-addresses.js';
import { idOf } from './own-machine.js';
import { dotVagrant, machineFolder } from './places.js';
import { isInstalled, requireVagrant } from './requirements.js';
import { type Ssh, sshTo } from './ssh.js';
import { parcelOf } from './upload.js';
import { mustVagrant } from './vagrant-command.js';

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

interface Lab {
  readonly site: LabSite;
  readonly hypervisor: Hypervisor;
  readonly ssh: Ssh;
  /** A vagrant process is a whole Ruby, but one that mostly waits: only so many at a time, for the sake of memory. */
  readonly inTurn: Turn;
  /** The same where each also brings a machine that takes its own memory. */
  readonly startInTurn: Turn;
  readonly firstAlone: FirstAlone;
  /** How many times as long as usual things may take. */
  readonly pace: Pace;
}

/** As long as Vagrant waits for a machine to boot (config.vm.boot_timeout): nobody sees from outside how far it has come. */
const sshLimitMs = 300_000;
const uploadLimitMs = 120_000;

const ownId = ({ site, hypervisor }: Lab, machine: string) => idOf(site, hypervisor, machine);

const stateOf = async (lab: Lab, machine: string): Promise<MachineState> => {
  const id = await ownId(lab, machine);
  return id === undefined ? 'absent' : lab.hypervisor.state(id);
};

const isOn = async (lab: Lab, machine: string): Promise<boolean> => (await stateOf(lab, machine)) === 'running';

const existing = async (lab: Lab, machine: string): Promise<string> => {
  const id = await ownId(lab, machine);
  if (id !== undefined) return id;
  throw new MachineError(machine, `${machine} does not exist yet.`, { hint: 'quintet up builds it.' });
};

const ifAny = async (lab: Lab, machine: string, work: (id: string) => Promise<void>): Promise<void> => {
  const id = await ownId(lab, machine);
  if (id !== undefined) await work(id);
};

/** A paused machine hears neither SSH nor a request to end. */
const resumeIfPaused = async (lab: Lab, machine: string): Promise<void> => {
  if ((await stateOf(lab, machine)) === 'paused') await lab.hypervisor.resume(await existing(lab, machine));
};

/** Nothing is lost with it: it was never reached. */
const dropUnfinished = async (lab: Lab, machine: string): Promise<void> => {
  const { site, hypervisor } = lab;
  const id = await ownId(lab, machine);
  if (id === undefined || (await hypervisor.state(id)) === 'absent') return;
  if ((await hypervisor.isWhole?.(id)) ?? true) return;
  await hypervisor.remove(id);
  labDoor(site.folder).remove(machineFolder(machine));
};

/** What has been made of a machine stays when the rest fails: the next start goes on from there. */
const start = async (lab: Lab, machine: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { site, hypervisor, ssh } = lab;
  const words = ['up', '--no-provision', '--no-destroy-on-error', `--provider=${hypervisor.provider}`];
  await lab.startInTurn(async () => {
    await dropUnfinished(lab, machine);
    await resumeIfPaused(lab, machine);
    await lab.firstAlone(emit, (heard) => mustVagrant(site, words, machine, heard, signal), signal);
    await ssh.connect(machine, { limitMs: sshLimitMs, signal, anew: true, isOn: () => isOn(lab, machine) });
  });
};

const stop = async (lab: Lab, machine: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  if ((await stateOf(lab, machine)) === 'absent') return;
  await resumeIfPaused(lab, machine);
  await lab.ssh.disconnect(machine, true);
  await lab.inTurn(() => mustVagrant(lab.site, ['halt'], machine, emit, signal));
};

/** What Vagrant can't remove the hypervisor may: whether it is gone is seen by looking. */
const askToDestroy = async (lab: Lab, machine: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  try {
    await lab.inTurn(() => mustVagrant(lab.site, ['destroy', '--force'], machine, emit, signal));
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    emit({ type: 'output', machine, line: error.message });
  }
};

/** One that the Vagrantfile no longer has is unknown to Vagrant, but the hypervisor still has it. */
const destroy = async (lab: Lab, machine: string, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { site, hypervisor, ssh } = lab;
  await ssh.disconnect(machine, true);
  if ((await ownId(lab, machine)) !== undefined && site.plan.machines.some(({ name }) => name === machine)) {
    await askToDestroy(lab, machine, emit, signal);
  }
  const id = await ownId(lab, machine);
  if (id !== undefined && (await hypervisor.state(id)) !== 'absent') await hypervisor.remove(id);
  labDoor(site.folder).remove(machineFolder(machine));
};

const cleanUp = async (lab: Lab): Promise<void> => {
  const { site, hypervisor, ssh } = lab;
  for (const { id } of await orphans(site, hypervisor)) await hypervisor.remove(id);
  for (const { name } of site.plan.machines) await ssh.disconnect(name, true);
  for (const socket of await ssh.sockets()) await removeTree(socket);
  if ((await vagrantMachines(site.folder, hypervisor.provider)).length > 0) return;
  if (await isInstalled(hypervisor)) {
    await hypervisor.removeNetworks(basename(site.folder), site.plan.network.vantage);
  }
  labDoor(site.folder).remove(dotVagrant);
};

const faultsOf = (lab: Lab): Faults => {
  const { hypervisor, ssh } = lab;
  return {
    cutPower: async (machine) => {
      await hypervisor.powerOff(await existing(lab, machine));
      // Nobody at the other end is left to close it.
      await ssh.disconnect(machine);
    },
    restorePower: async (machine) => {
      await hypervisor.powerOn(await existing(lab, machine));
      await ssh.connect(machine, { limitMs: sshLimitMs, isOn: () => isOn(lab, machine) });
    },
    cutCable: async (machine) => hypervisor.cable(await existing(lab, machine), 'off'),
    plugCable: async (machine) => hypervisor.cable(await existing(lab, machine), 'on'),
    pause: (machine) => ifAny(lab, machine, hypervisor.pause),
    resume: (machine) => ifAny(lab, machine, hypervisor.resume),
  };
};

/** The hypervisor's own, which `vagrant snapshot` lists as well; through Vagrant each would cost seconds. */
const snapshotsOf = (lab: Lab): Snapshots => {
  const { snapshots } = lab.hypervisor;
  const names = async (machine: string) => {
    const id = await ownId(lab, machine);
    const exists = id !== undefined && (await lab.hypervisor.state(id)) !== 'absent';
    return exists ? [...new Set(await snapshots.names(id))].sort() : [];
  };
  return {
    save: async (machine, name) => snapshots.take(await existing(lab, machine), name),
    restore: async (machine, name) => {
      if (!(await names(machine)).includes(name)) {
        throw new MachineError(machine, `${machine} has no snapshot called ${name}.`);
      }
      await snapshots.restore(await existing(lab, machine), name);
    },
    list: names,
    remove: async (machine, name) => {
      if ((await names(machine)).includes(name)) await snapshots.remove(await existing(lab, machine), name);
    },
  };
};

const upload = async (lab: Lab, machine: string, files: ReadonlyMap<string, Uint8Array>, to: string): Promise<void> => {
  const { argv, input } = parcelOf(files, to);
  const result = await lab.ssh.exec(machine, argv, { input, timeoutMs: uploadLimitMs * lab.pace });
  if (result.exitCode === 0) return;
  throw new MachineError(machine, `${machine} did not take its files.`, {
    log: result.stderr.trim(),
    hint: 'Its disk may be full: quintet ssh leads into it.',
  });
};

const prepare = async (lab: Lab, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const { site, hypervisor } = lab;
  await requireVagrant(hypervisor, site.plan);
  await requireOwnAddresses(site, hypervisor);
  if (lab.pace > usualPace) emit({ type: 'note', text: emulationWords });
  const known = await vagrantMachines(site.folder, hypervisor.provider);
  const all = site.plan.machines.every(({ name }) => known.some((one) => one.name === name));
  if (!all) await ensureBox(site, emit, signal);
};

/** As many at a time as this computer has room for now; `memoryMb` is what each machine takes that they bring. */
const turns = (memoryMb: readonly number[]): Turn =>
  gate(atOnce({ cores: availableParallelism(), freeMb: availableBytes() / 2 ** 20, memoryMb }));

/** Of this user's labs, or of root's: as many as share a hypervisor. */
const keepOthersOut = async (emit: Emit, signal?: AbortSignal): Promise<() => Promise<void>> => {
  const onWait = (holder: string) =>
    emit({ type: 'note', text: `Waiting for ${holder}, which makes the network of another lab.` });
  const held = await lock('vagrant-network', { wait: true, onWait, ...(signal ? { signal } : {}) });
  let released: Promise<void> | undefined;
  return () => {
    released ??= held.release();
    return released;
  };
};

const labOf = (site: LabSite): Lab => {
  const hypervisor = hypervisorOf(site.plan.provider);
  const portOf = async (machine: string) => {
    const id = await idOf(site, hypervisor, machine);
    return id === undefined ? undefined : hypervisor.sshPort(id);
  };
  const { isShared } = hypervisor;
  const pace = isEmulated(hypervisor.provider) ? emulationPace : usualPace;
  return {
    site,
    hypervisor,
    ssh: sshTo(site, portOf, pace),
    inTurn: turns([]),
    startInTurn: turns(site.plan.machines.map(({ memoryMb }) => memoryMb)),
    firstAlone: firstAlone({
      until: hypervisor.sharedUntil,
      ...(isShared ? { isThere: () => isShared(site.plan.network.vantage) } : {}),
      keepOut: keepOthersOut,
    }),
    pace,
  };
};

/** Virtual machines that Vagrant makes from the lab's Vagrantfile, one vagrant process for each so that they come up at once. */
export const vagrantProvider = (site: LabSite): Provider => {
  const lab = labOf(site);
  return {
    prepare: (emit, signal) => prepare(lab, emit, signal),
    materials: async (emit, signal) => {
      await requireVagrant(lab.hypervisor, site.plan);
      await ensureBox(site, emit, signal);
    },
    state: (machine) => stateOf(lab, machine),
    // Vagrant makes a machine and starts it in one go.
    create: async () => undefined,
    start: (machine, emit, signal) => start(lab, machine, emit, signal),
    stop: (machine, emit, signal) => stop(lab, machine, emit, signal),
    destroy: (machine, emit, signal) => destroy(lab, machine, emit, signal),
    cleanUp: () => cleanUp(lab),
    leftovers: async () => leftoversOf(site, lab.hypervisor, await lab.ssh.sockets()),
    exec: (machine, argv, options) => lab.ssh.exec(machine, argv, options),
    shell: (machine) => lab.ssh.shell(machine),
    upload: (machine, files, to) => upload(lab, machine, files, to),
    // This computer itself is in the lab network.
    atVantage: (argv) => argv,
    consoleLog: () => undefined,
    pace: lab.pace,
    faults: faultsOf(lab),
    snapshots: snapshotsOf(lab),
  };
};
