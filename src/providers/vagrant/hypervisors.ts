import { existsSync } from 'node:fs';
import { must, run } from '../../host/command.js';
import { ComputerError } from '../../model/errors.js';
import type { ExecResult, MachineState } from '../provider.js';
import { vboxManageProgram } from './vboxmanage.js';

/** A machine that the hypervisor has, by the name it goes by there. */
export interface Domain {
  readonly id: string;
  readonly name: string;
}

/** What differs between the hypervisors that Vagrant drives. `id` is the one in Vagrant's id file. */
export interface Hypervisor {
  /** As Vagrant calls it. */
  readonly provider: 'virtualbox' | 'libvirt';
  readonly title: string;
  readonly versionCommand: () => readonly string[];
  readonly missing: string;
  readonly state: (id: string) => Promise<MachineState>;
  /**
   * Whether a machine that does not run has its cards, where Vagrant gives them only when it makes the machine: one whose
   * making was cut short starts, but nobody ever reaches it.
   */
  readonly isWhole?: (id: string) => Promise<boolean>;
  /** The port of this computer that leads to the machine's SSH; undefined where it has an address of its own. */
  readonly sshPort: (id: string) => Promise<number | undefined>;
  readonly powerOff: (id: string) => Promise<void>;
  readonly powerOn: (id: string) => Promise<void>;
  /** Both leave a machine that is off as it is, and one that is so already. */
  readonly pause: (id: string) => Promise<void>;
  readonly resume: (id: string) => Promise<void>;
  readonly cable: (id: string, way: 'on' | 'off') => Promise<void>;
  readonly snapshots: {
    /** Of a machine that is off. Replaces one of the same name. */
    readonly take: (id: string, name: string) => Promise<void>;
    readonly restore: (id: string, name: string) => Promise<void>;
    readonly names: (id: string) => Promise<string[]>;
    readonly remove: (id: string, name: string) => Promise<void>;
  };
  readonly domains: () => Promise<Domain[]>;
  /** Removes a machine and its disk, without Vagrant. */
  readonly remove: (id: string) => Promise<void>;
  /** The name that Vagrant gives a machine of the lab folder called `folder` there: without what it takes for odd. */
  readonly nameOf: (folder: string, machine: string) => RegExp;
  /** When a machine that Vagrant had not yet given its name was begun (wall clock); undefined for all others. */
  readonly begunMs: (name: string) => number | undefined;
  /**
   * Removes the networks that were made for the lab folder called `folder`, with this computer at `address`, and that no
   * machine uses.
   */
  readonly removeNetworks: (folder: string, address: string) => Promise<void>;
  /** What the first machine's start says once it has made what all machines share; undefined where Vagrant guards that. */
  readonly sharedUntil: RegExp | undefined;
  /** Whether that is there from an earlier time; `vantage` is this computer's address in the lab network. */
  readonly isShared?: (vantage: string) => Promise<boolean>;
}

const limitMs = 30_000;
/** A snapshot that goes is merged into the next one, byte by byte. */
const diskLimitMs = 10 * 60_000;

const vboxmanage = (...words: string[]): readonly string[] => [
  vboxManageProgram(process.env, process.platform, existsSync),
  ...words,
];

const vbox = (...words: string[]): Promise<string> => must(vboxmanage(...words), { timeoutMs: limitMs });

const isUnknown = ({ stderr }: ExecResult): boolean =>
  /VBOX_E_OBJECT_NOT_FOUND|Could not find a registered/.test(stderr);

const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}="(.*)"\\r?$`, 'm').exec(text)?.[1];

/** What `showvminfo --machinereadable` tells; undefined when VirtualBox has no such machine. */
const show = async (id: string): Promise<string | undefined> => {
  const argv = vboxmanage('showvminfo', id, '--machinereadable');
  // Some failures pass: another process of VirtualBox starts or ends at this moment.
  for (let left = 2; ; left -= 1) {
    const result = await run(argv, { timeoutMs: limitMs });
    if (result.exitCode === 0) return result.stdout;
    if (isUnknown(result)) return undefined;
    if (left === 0)
      throw new ComputerError(`VirtualBox can't tell the state of a machine:\n${result.stderr.trim()}`, {
        cause: { argv, ...result },
      });
  }
};

const vmStates: Readonly<Record<string, MachineState>> = { running: 'running', paused: 'paused' };

const stateIn = (text: string | undefined): MachineState =>
  text === undefined ? 'absent' : (vmStates[field(text, 'VMState') ?? ''] ?? 'stopped');

const isOn = (text: string | undefined): boolean => ['running', 'paused'].includes(stateIn(text));

const isNotRunning = ({ stderr }: ExecResult): boolean => /is not currently running/.test(stderr);

const refused = (what: string, result: ExecResult): ComputerError =>
  new ComputerError(`VirtualBox ${what}:\n${result.stderr.trim()}`, { cause: result });

const cutVirtualBox = async (id: string): Promise<void> => {
  const result = await run(vboxmanage('controlvm', id, 'poweroff'), { timeoutMs: limitMs });
  if (result.exitCode !== 0 && !isNotRunning(result)) throw refused('did not cut the power', result);
};

/** Refused by a machine that is off, and by one that is so already: only the state that it was to leave is a failure. */
const pauseVirtualBox = async (id: string, verb: 'pause' | 'resume'): Promise<void> => {
  const result = await run(vboxmanage('controlvm', id, verb), { timeoutMs: limitMs });
  if (result.exitCode === 0) return;
  if (stateIn(await show(id)) === (verb === 'pause' ? 'running' : 'paused'))
    throw refused(`did not ${verb} it`, result);
};

const domainsIn = (text: string): Domain[] =>
  [...text.matchAll(/^"(.+?)" \{(.+?)\}\r?$/gm)].map(([, name = '', id = '']) => ({ id, name }));

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

interface VboxSnapshot {
  readonly name: string;
  readonly uuid: string;
}

/** What `snapshot list --machinereadable` tells: a name and an id for each place in the tree. */
export const snapshotsIn = (text: string): VboxSnapshot[] =>
  [...text.matchAll(/^SnapshotName([-\d]*)="(.*)"\r?$/gm)].map(([, place = '', name = '']) => ({
    name,
    uuid: field(text, `SnapshotUUID${place}`) ?? '',
  }));

const vboxSnapshots = async (id: string): Promise<VboxSnapshot[]> => {
  const result = await run(vboxmanage('snapshot', id, 'list', '--machinereadable'), { timeoutMs: limitMs });
  if (result.exitCode === 0) return snapshotsIn(result.stdout);
  if (/does not have any snapshots/.test(`${result.stdout}${result.stderr}`)) return [];
  throw refused('does not list snapshots', result);
};

/** One on which two others rest can't be removed: then it only loses its name. */
const unnameSnapshots = async (id: string, name: string): Promise<void> => {
  for (const { uuid } of (await vboxSnapshots(id)).filter((one) => one.name === name)) {
    const result = await run(vboxmanage('snapshot', id, 'delete', uuid), { timeoutMs: diskLimitMs });
    if (result.exitCode !== 0) await vbox('snapshot', id, 'edit', uuid, '--name', `${name} (replaced)`);
  }
};

const virtualbox: Hypervisor = {
  provider: 'virtualbox',
  title: 'VirtualBox',
  versionCommand: () => vboxmanage('--version'),
  missing: 'Install VirtualBox (https://www.virtualbox.org), or set provider: container in lab.yaml (Linux).',
  state: async (id) => stateIn(await show(id)),
  sshPort: async (id) => {
    const rule = /^Forwarding\(\d+\)="ssh,tcp,[^,]*,(\d+),/m.exec((await show(id)) ?? '');
    return rule?.[1] === undefined ? undefined : Number(rule[1]);
  },
  powerOff: cutVirtualBox,
  powerOn: async (id) => {
    if (!isOn(await show(id))) await vbox('startvm', id, '--type', 'headless');
  },
  pause: (id) => pauseVirtualBox(id, 'pause'),
  resume: (id) => pauseVirtualBox(id, 'resume'),
  // VirtualBox keeps the cable's state in the machine's settings: it can be set, and must be mended, when it is off too.
  cable: async (id, way) => {
    const result = await run(vboxmanage('controlvm', id, 'setlinkstate2', way), { timeoutMs: limitMs });
    if (result.exitCode === 0 || isUnknown(result)) return;
    if (!isNotRunning(result)) throw refused('did not touch the cable', result);
    await vbox('modifyvm', id, '--cableconnected2', way);
  },
  snapshots: {
    take: async (id, name) => {
      await unnameSnapshots(id, name);
      await must(vboxmanage('snapshot', id, 'take', name), { timeoutMs: diskLimitMs });
    },
    restore: async (id, name) => {
      await must(vboxmanage('snapshot', id, 'restore', name), { timeoutMs: diskLimitMs });
    },
    names: async (id) => (await vboxSnapshots(id)).map(({ name }) => name),
    remove: unnameSnapshots,
  },
  domains: async () => domainsIn(await vbox('list', 'vms')),
  remove: async (id) => {
    await cutVirtualBox(id);
    await vbox('unregistervm', id, '--delete');
  },
  // plugins/providers/virtualbox/action/set_name.rb
  nameOf: (folder, machine) => new RegExp(`^${`${folder}_${machine}`.replaceAll(/[^-a-z0-9_]/gi, '')}_\\d+_\\d+$`),
  begunMs: (name) => {
    const [, begun] = /^temp_clone_(\d+)_\d+$/.exec(name) ?? [];
    return begun === undefined ? undefined : Number(begun);
  },
  // Its host-only networks are everybody's.
  removeNetworks: async () => undefined,
  // plugins/providers/virtualbox/action/network.rb: whoever finds no host-only network for the lab's subnet makes one, and two
  // at once make two with the same address, on which machines do not see each other. It is there when this is said.
  sharedUntil: /^Preparing network interfaces/,
  isShared: async (vantage) => {
    const { stdout } = await run(vboxmanage('list', 'hostonlyifs'), { timeoutMs: limitMs });
    return stdout.split(/\r?\n/).some((line) => /^IPAddress:\s+(\S+)/.exec(line)?.[1] === vantage);
  },
};

const virshWords = (...words: string[]): readonly string[] => ['virsh', '--connect', 'qemu:///system', ...words];
const virsh = (...words: string[]): Promise<string> => must(virshWords(...words), { timeoutMs: limitMs });

const domainState = async (id: string): Promise<string | undefined> => {
  const argv = virshWords('domstate', id);
  const result = await run(argv, { timeoutMs: limitMs });
  if (result.exitCode === 0) return result.stdout.trim();
  if (/failed to get domain|Domain not found/i.test(result.stderr)) return undefined;
  throw new ComputerError(`libvirt can't tell the state of a machine:\n${result.stderr.trim()}`, {
    cause: { argv, ...result },
  });
};

const domainSnapshots = async (id: string): Promise<string[]> =>
  (await virsh('snapshot-list', id, '--name'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const removeDomainSnapshot = async (id: string, name: string): Promise<void> => {
  if (!(await domainSnapshots(id)).includes(name)) return;
  await must(virshWords('snapshot-delete', id, name), { timeoutMs: diskLimitMs });
};

/** Card 1 is on Vagrant's management network, card 2 on the lab's: the table lists them in that order. */
const cardsOf = async (id: string): Promise<string[]> => {
  const rows = (await virsh('domiflist', id)).split('\n').map((line) => line.trim().split(/\s+/));
  return rows.map((row) => row.at(-1) ?? '').filter((word) => /^([0-9a-f]{2}:){5}/.test(word));
};

const labCard = async (id: string): Promise<string> => {
  const [, mac] = await cardsOf(id);
  if (mac === undefined) throw new ComputerError('The machine has no card in the lab network.');
  return mac;
};

/**
 * Only the machine that made a network remembers it, and leaves it when others still use it then
 * (lib/vagrant-libvirt/action/create_networks.rb, destroy_networks.rb).
 */
const removeNetworks = async (folder: string, address: string): Promise<void> => {
  const ours = new RegExp(`^${literal(folder)}\\d+$`);
  const names = (await virsh('net-list', '--all', '--name')).split('\n').map((line) => line.trim());
  for (const name of names.filter((one) => ours.test(one))) {
    const { exitCode, stdout } = await run(virshWords('net-dumpxml', name), { timeoutMs: limitMs });
    if (exitCode !== 0 || /<network[^>]* connections=/.test(stdout) || !stdout.includes(`address='${address}'`))
      continue;
    await run(virshWords('net-destroy', name), { timeoutMs: limitMs });
    await virsh('net-undefine', name);
  }
};

const libvirt: Hypervisor = {
  provider: 'libvirt',
  title: 'libvirt',
  versionCommand: () => ['virsh', '--version'],
  missing:
    'Install libvirt and its plugin for Vagrant; on Debian and Ubuntu: sudo apt-get install vagrant-libvirt libvirt-clients',
  state: async (id) => {
    const words = await domainState(id);
    if (words === undefined) return 'absent';
    return words === 'running' || words === 'paused' ? words : 'stopped';
  },
  // lib/vagrant-libvirt/action.rb: a domain that is there is only started.
  isWhole: async (id) => (await cardsOf(id)).length >= 2,
  sshPort: async () => undefined,
  powerOff: async (id) => {
    if ((await domainState(id)) !== 'shut off') await virsh('destroy', id);
  },
  powerOn: async (id) => {
    if ((await domainState(id)) === 'shut off') await virsh('start', id);
  },
  pause: async (id) => {
    if ((await domainState(id)) === 'running') await virsh('suspend', id);
  },
  resume: async (id) => {
    if ((await domainState(id)) === 'paused') await virsh('resume', id);
  },
  cable: async (id, way) => {
    const words = await domainState(id);
    if (words === undefined) return;
    const scope = words === 'shut off' ? ['--config'] : [];
    await virsh('domif-setlink', id, await labCard(id), way === 'on' ? 'up' : 'down', ...scope);
  },
  snapshots: {
    take: async (id, name) => {
      await removeDomainSnapshot(id, name);
      await must(virshWords('snapshot-create-as', id, name, '--atomic'), { timeoutMs: diskLimitMs });
    },
    restore: async (id, name) => {
      await must(virshWords('snapshot-revert', id, name), { timeoutMs: diskLimitMs });
    },
    names: domainSnapshots,
    remove: removeDomainSnapshot,
  },
  domains: async () => {
    const rows = (await virsh('list', '--all', '--uuid', '--name')).split('\n').map((line) => line.trim().split(/\s+/));
    return rows.flatMap(([id, name]) => (id && name ? [{ id, name }] : []));
  },
  remove: async (id) => {
    if ((await domainState(id)) !== 'shut off') await virsh('destroy', id);
    await virsh('undefine', id, '--remove-all-storage', '--nvram', '--snapshots-metadata');
  },
  // vagrant-libvirt: lib/vagrant-libvirt/action/set_name_of_domain.rb
  nameOf: (folder, machine) => new RegExp(`^${literal(`${folder}_${machine}`.replaceAll(/[^-a-z0-9_.]/gi, ''))}$`),
  begunMs: () => undefined,
  removeNetworks,
  // lib/vagrant-libvirt/action.rb: the box's image and the networks are made before, guarded against threads only.
  sharedUntil: /^Starting domain/,
};

const hypervisors = { virtualbox, libvirt };

export const hypervisorOf = (provider: string): Hypervisor => {
  if (provider === 'virtualbox' || provider === 'libvirt') return hypervisors[provider];
  throw new Error(`${provider} is not run by Vagrant`);
};
