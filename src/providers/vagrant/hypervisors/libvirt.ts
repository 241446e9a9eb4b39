import { must, run } from '../../../host/command.js';
import { ComputerError } from '../../../model/errors.js';
import { diskLimitMs, type Hypervisor, limitMs } from './hypervisor.js';

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

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

export const libvirt: Hypervisor = {
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
  nameOfId: async (id) => {
    const { exitCode, stdout } = await run(virshWords('domname', id), { timeoutMs: limitMs });
    return exitCode === 0 ? stdout.trim() || undefined : undefined;
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
