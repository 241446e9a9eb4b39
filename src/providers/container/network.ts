import { open, readdir, readlink, stat, statfs, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { must, run } from '../../host/command.js';
import { ensureDir, exists } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import type { LabSite } from '../provider.js';
import { bridge, machineInterface, netnsPath } from './names.js';

/** The command line that runs `argv` in the lab's network. Not `ip netns exec`: that one hides the cgroups. */
export const inNetwork = (site: LabSite, argv: readonly string[]): readonly string[] => [
  'nsenter',
  `--net=${netnsPath(site)}`,
  ...argv,
];

/** NSFS_MAGIC of linux/magic.h. */
const namespaceFileSystem = 0x6e736673;

/** By what the path is: what was mounted there may be hidden by something that was mounted over its folder since. */
const isNamespace = async (path: string): Promise<boolean> =>
  (await exists(path)) && (await statfs(path)).type === namespaceFileSystem;

export const networkExists = (site: LabSite): Promise<boolean> => isNamespace(netnsPath(site));

const ensureNamespace = async (site: LabSite): Promise<void> => {
  const path = netnsPath(site);
  if (await isNamespace(path)) return;
  await ensureDir(dirname(path));
  // Quintet may have been killed between the file and the mount: then the file is there.
  await (await open(path, 'a', 0o444)).close();
  await must(['unshare', `--net=${path}`, '--', 'true']);
};

/**
 * The bridge has a fixed hardware address: otherwise it takes one of its ports', and every neighbour's notion of the
 * vantage would be wrong after a power cut. Ports and TIME_WAIT are for the prober: thousands of connections a minute.
 */
const script = `
set -eu
bridge=$1 address=$2
ip link set lo up
ip link show "$bridge" >/dev/null 2>&1 ||
  ip link add "$bridge" address 02:51:00:00:00:01 type bridge forward_delay 0 stp_state 0 mcast_snooping 0
ip address replace "$address" dev "$bridge"
ip link set "$bridge" up
echo '1024 65535' >/proc/sys/net/ipv4/ip_local_port_range || true
echo 1 >/proc/sys/net/ipv4/tcp_tw_reuse || true
`;

/** Makes the lab's network namespace with a bridge that holds the vantage's address, or what is missing of it. */
export const ensureNetwork = async (site: LabSite): Promise<void> => {
  await ensureNamespace(site);
  const { vantage, prefixLength } = site.plan.network;
  await must(inNetwork(site, ['sh', '-c', script, 'network', bridge, `${vantage}/${prefixLength}`]));
};

/** Processes whose network is the lab's: the machines', a prober's, a forward's. */
export const processesInNetwork = async (site: LabSite): Promise<number[]> => {
  if (!(await networkExists(site))) return [];
  const namespace = `net:[${(await stat(netnsPath(site))).ino}]`;
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => ((await readlink(`/proc/${id}/ns/net`).catch(() => '')) === namespace ? [Number(id)] : [])),
  );
  return found.flat();
};

export const removeNetwork = async (site: LabSite): Promise<void> => {
  const path = netnsPath(site);
  for (const pid of await processesInNetwork(site)) {
    await run(['kill', '-KILL', String(pid)]);
  }
  while (await isNamespace(path)) await must(['umount', '--lazy', path]);
  if (await exists(path)) await unlink(path);
};

interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  /** The number of the other end, in its own network. */
  readonly link_index?: number;
}

const linksIn = (text: string): Link[] => JSON.parse(text) as Link[];

/** The bridge's end of the cable of the machine whose first process is `init`. */
export const cableOf = async (site: LabSite, init: number): Promise<string | undefined> => {
  // Asked of the kernel: a path in the machine could lead anywhere.
  const inside = ['nsenter', `--net=/proc/${init}/ns/net`, 'ip', '-json', 'link', 'show', 'dev', machineInterface];
  const [own] = linksIn(await must(inside));
  const links = linksIn(await must(inNetwork(site, ['ip', '-json', 'link', 'show', 'master', bridge])));
  return links.find((link) => link.ifindex === own?.link_index)?.ifname;
};

export const setCable = (site: LabSite, name: string, to: 'up' | 'down'): Promise<string> =>
  must(inNetwork(site, ['ip', 'link', 'set', 'dev', name, to]));

/** The states of a bridge's port, as the kernel counts them (linux/if_bridge.h). */
const portStates = { closed: '0', open: '3' } as const;

export type PortState = keyof typeof portStates;

/** Not by `ip`, which takes a port's state and does nothing. */
export const portCommand = (name: string, to: PortState): readonly string[] => [
  'bridge',
  'link',
  'set',
  'dev',
  name,
  'state',
  portStates[to],
];

/** Lets everything through the bridge's end of a cable, or nothing; the machine at the other end sees no difference. */
export const setPort = async (site: LabSite, name: string, to: PortState): Promise<void> => {
  const result = await run(inNetwork(site, portCommand(name, to)));
  // A cable that is pulled lets nothing through, and the bridge opens its port when it is plugged in.
  if (result.exitCode === 0 || /Network is down/.test(result.stderr)) return;
  throw new ComputerError(`The port of ${name} can't be ${to === 'open' ? 'opened' : 'closed'}.`, { cause: result });
};

/** Takes both ends of a cable away; one that went with its machine is fine. */
export const removeCable = async (site: LabSite, name: string): Promise<void> => {
  await run(inNetwork(site, ['ip', 'link', 'delete', 'dev', name]));
};
