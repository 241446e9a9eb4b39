import { existsSync } from 'node:fs';
import { must, run } from '../../../host/command.js';
import { ComputerError } from '../../../model/errors.js';
import type { ExecResult, MachineState } from '../../provider.js';
import { vboxManageProgram } from '../vboxmanage.js';
import { type Domain, diskLimitMs, type Hypervisor, limitMs } from './hypervisor.js';

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

export const virtualbox: Hypervisor = {
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
  nameOfId: async (id) => field((await show(id)) ?? '', 'name'),
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
