import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { must, run, startDetached } from '../../../src/host/command.js';
import { ensureDir, readIfAny } from '../../../src/host/files.js';
import {
  groupNames,
  groupsOf,
  hierarchies,
  type Limits,
  makeGroups,
  removeGroups,
  systemdOwnsCgroups,
} from '../../../src/providers/container/cgroups.js';
import { firstProcess, joining } from '../../../src/providers/container/enter.js';
import { freezeGroup, thawGroup } from '../../../src/providers/container/freezer.js';
import { killGroup } from '../../../src/providers/container/kill-group.js';
import { portCommand } from '../../../src/providers/container/network.js';
import { Failed, failure } from './reply.js';
import { paths, type Vm } from './store.js';

/**
 * The hardware of a machine: a container with its own control group, a network namespace for its cards, and one more for
 * the NAT behind card 1. What VirtualBox calls the host is the network namespace that the stand-in runs in.
 */

/** The rig's name, from its folder; everything it makes on the computer is named by it. */
export const rigName = (home: string): string => `quintet-rig-${home.split('/').at(-1) ?? ''}`;

/** The network outside the rig, by a name of its own: where this is itself a container, nobody may see process 1's. */
export const outsideOf = (home: string): string => `${rigName(home)}-outside`;

const nameOf = (home: string, vm: Vm): string => `${rigName(home)}-${vm.uuid.slice(0, 8)}`;
const natOf = (home: string, vm: Vm): string => `${nameOf(home, vm)}-nat`;
const plugOf = (vm: Vm, card: string): string => `vb${card}-${vm.uuid.slice(0, 8)}`;
const plugsOf = (vm: Vm): string[] =>
  Object.entries(vm.nics).flatMap(([card, { kind }]) => (kind === 'none' || kind === 'nat' ? [] : [plugOf(vm, card)]));

/** The names that a Debian guest gives VirtualBox's cards. */
const guestNames: Readonly<Record<string, string>> = { 1: 'enp0s3', 2: 'enp0s8', 3: 'enp0s9', 4: 'enp0s10' };

/** Lab addresses must never reach the computer's own network. */
export const requireRigNetwork = async (home: string): Promise<void> => {
  const [own, rig] = await Promise.all([
    stat('/proc/self/ns/net'),
    stat(`/run/netns/${rigName(home)}`).catch(() => null),
  ]);
  if (own.ino !== rig?.ino) throw new Error(`the stand-in only runs in the network namespace ${rigName(home)}`);
};

const ip = (...words: string[]) => run(['ip', ...words]);

const unwire = async (home: string, vm: Vm): Promise<void> => {
  for (const plug of plugsOf(vm)) await ip('link', 'delete', plug);
  for (const name of [nameOf(home, vm), natOf(home, vm)]) await ip('netns', 'delete', name);
};

const macOf = (mac: string): string => (mac.match(/../g) ?? []).join(':');

const wireScript = `set -eu
guest=$1 nat=$2
ip netns add "$guest"
ip netns add "$nat"
ip -n "$guest" link set lo up
ip -n "$nat" link set lo up`;

const natScript = `set -eu
guest=$1 nat=$2 name=$3 mac=$4
ip -n "$guest" link add "$name" address "$mac" type veth peer name nat netns "$nat"
ip -n "$nat" address add 10.0.2.2/24 dev nat
ip -n "$nat" link set nat up`;

const plugScript = `set -eu
guest=$1 name=$2 mac=$3 host=$4 plug=$5 bridge=$6 way=$7
ip -n "$guest" link add "$name" address "$mac" type veth peer name "$plug" netns "$host"
ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge forward_delay 0 stp_state 0 mcast_snooping 0
ip link set "$bridge" up
ip link set "$plug" master "$bridge" "$way"`;

const wire = async (home: string, vm: Vm): Promise<void> => {
  const [guest, nat] = [nameOf(home, vm), natOf(home, vm)];
  await unwire(home, vm);
  await must(['sh', '-c', wireScript, 'wire', guest, nat]);
  for (const [card, nic] of Object.entries(vm.nics)) {
    const name = guestNames[card];
    if (name === undefined || nic.kind === 'none') continue;
    const mac = macOf(nic.mac);
    if (nic.kind === 'nat') await must(['sh', '-c', natScript, 'nat', guest, nat, name, mac]);
    else {
      const [bridge, way] = [nic.network ?? 'lan', nic.cable ? 'up' : 'down'];
      await must(['sh', '-c', plugScript, 'plug', guest, name, mac, rigName(home), plugOf(vm, card), bridge, way]);
    }
  }
};

const insideScript = `set -eu
layers=$1 upper=$2 work=$3 root=$4
shift 4
mount -t overlay -o "lowerdir=$layers,upperdir=$upper,workdir=$work" quintet "$root"
mount -t tmpfs -o mode=0755 quintet /run
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 \\
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network "$@"`;

const toConsole = `exec </dev/null >>"$1" 2>&1
shift
exec "$@"`;

const nspawn = (home: string, vm: Vm, root: string): readonly string[] => [
  'systemd-nspawn',
  '--quiet',
  '--boot',
  '--register=no',
  '--keep-unit',
  '--settings=no',
  `--machine=${nameOf(home, vm)}`,
  '--hostname=vm',
  `--directory=${root}`,
  '--capability=CAP_NET_ADMIN,CAP_NET_RAW',
  '--link-journal=no',
  '--resolv-conf=off',
  '--timezone=off',
  '--console=read-only',
];

/** Listens in this network and answers from the NAT's: the listener keeps the namespace it was made in. */
const forwarding = (home: string, vm: Vm, rule: string): readonly string[] => {
  const [, hostIp, hostPort, , guestPort] = rule.split(',');
  return [
    'systemd-socket-activate',
    `--listen=${hostIp || '0.0.0.0'}:${hostPort}`,
    'nsenter',
    `--net=/run/netns/${natOf(home, vm)}`,
    '/lib/systemd/systemd-socket-proxyd',
    `10.0.2.15:${guestPort}`,
  ];
};

/** What VirtualBox's NAT gives a machine of the world, packages only. */
export const proxyAtGateway = 'http://10.0.2.2:3142';

const toAptProxy = (home: string, vm: Vm, port: string): readonly string[] => [
  'nsenter',
  `--net=/run/netns/${natOf(home, vm)}`,
  'systemd-socket-activate',
  `--listen=${new URL(proxyAtGateway).host}`,
  'nsenter',
  `--net=/run/netns/${outsideOf(home)}`,
  '/lib/systemd/systemd-socket-proxyd',
  `127.0.0.1:${port}`,
];

/** Where this computer's systemd owns the control groups, it is asked for one. */
const grouped = async (name: string, limits: Limits, argv: readonly string[]): Promise<readonly string[]> => {
  if (!(await systemdOwnsCgroups(await hierarchies()))) return joining(await makeGroups(name, limits), argv);
  await run(['systemctl', 'reset-failed', `${name}.scope`]);
  const words = [`--unit=${name}`, '--property=Delegate=yes', `--property=MemoryMax=${limits.memoryMb}M`];
  return ['systemd-run', '--scope', '--quiet', '--collect', ...words, '--', ...argv];
};

const limitMs = 20_000;

const untilAlive = async (group: string): Promise<number> => {
  const until = Date.now() + limitMs;
  for (;;) {
    const init = await firstProcess(group);
    if (init !== undefined) return init;
    if (Date.now() > until) throw new Failed(failure('The virtual machine has terminated unexpectedly during startup'));
    await delay(20);
  }
};

export const powerOn = async (home: string, vm: Vm): Promise<void> => {
  const folder = paths(home).machine(vm.uuid);
  const group = nameOf(home, vm);
  const at = (name: string) => join(folder, name);
  for (const name of ['upper', 'work', 'root']) await ensureDir(at(name), 0o755);
  await wire(home, vm);
  const inside = ['sh', '-c', insideScript, 'vm', vm.layers.join(':'), at('upper'), at('work'), at('root')];
  const chain = [
    'nsenter',
    `--net=/run/netns/${group}`,
    'unshare',
    '--mount',
    '--propagation=slave',
    ...inside,
    ...nspawn(home, vm, at('root')),
  ];
  const limits = { memoryMb: vm.memoryMb, cores: vm.cpus };
  const console = ['sh', '-c', toConsole, 'console', at('console.log')];
  startDetached([...console, ...(await grouped(group, limits, chain))]);
  // The forwards join the machine's group, so that they die with it.
  const groups = await groupsOf(await untilAlive(group));
  for (const rule of Object.values(vm.forwards)) {
    startDetached([...console, ...joining(groups, forwarding(home, vm, rule))]);
  }
  const aptProxy = await readIfAny(paths(home).aptProxy);
  if (aptProxy !== undefined) startDetached([...console, ...joining(groups, toAptProxy(home, vm, aptProxy))]);
};

/** Ends it at once. The cables go first: the kernel of a killed container goes on answering for a moment. */
export const powerOff = async (home: string, vm: Vm): Promise<void> => {
  const group = nameOf(home, vm);
  for (const plug of plugsOf(vm)) await ip('link', 'delete', plug);
  await killGroup(group, await firstProcess(group));
  await removeGroups(group);
  await unwire(home, vm);
};

export const isAlive = async (home: string, vm: Vm): Promise<boolean> =>
  (await firstProcess(nameOf(home, vm))) !== undefined;

/** Its proxies stand still with it. Its kernel would go on answering, so nothing gets through to it or from it meanwhile. */
export const pause = async (home: string, vm: Vm): Promise<void> => {
  for (const plug of plugsOf(vm)) await must(portCommand(plug, 'closed'));
  await freezeGroup(nameOf(home, vm));
};

export const resume = async (home: string, vm: Vm): Promise<void> => {
  for (const plug of plugsOf(vm)) await must(portCommand(plug, 'open'));
  await thawGroup(nameOf(home, vm));
};

export const setLink = (vm: Vm, card: string, way: 'up' | 'down') =>
  must(['ip', 'link', 'set', 'dev', plugOf(vm, card), way]);

/** Takes away everything that machines of this rig have on the computer, for when a test ends. */
export const sweep = async (home: string): Promise<void> => {
  const prefix = `${rigName(home)}-`;
  for (const group of await groupNames(prefix)) {
    await killGroup(group, await firstProcess(group));
    await removeGroups(group);
  }
  const { stdout } = await run(['ip', '-json', 'netns', 'list']);
  const names = (JSON.parse(stdout || '[]') as { name: string }[]).map(({ name }) => name);
  for (const name of names.filter((one) => one.startsWith(prefix))) await ip('netns', 'delete', name);
};
