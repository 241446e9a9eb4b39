import { startDetached } from '../../host/command.js';
import { exists } from '../../host/files.js';
import type { LabSite } from '../provider.js';
import { foldersOf } from './base.js';
import { boundsDevices, fullWeight, type Limits, makeGroups, mostTasks, quotaPeriodUs, quotaUs } from './cgroups.js';
import { scopeDevices } from './devices.js';
import { idsOf, layerAt } from './disk.js';
import { withImage } from './disk-image.js';
import { joining } from './enter.js';
import { idsPerMachine } from './ids.js';
import { withLayers } from './isolation.js';
import { bridge, groupName, type MachineFolder, machineFolder } from './names.js';
import { inNetwork } from './network.js';
import { needsScopes } from './scopes.js';

/** The machine's words go to its console log; everything after this is a chain of programs that become one another. */
const toConsole = `exec </dev/null >>"$1" 2>&1
shift
exec "$@"`;

/**
 * A nice value of -10, which keepalived has so that it goes before its machine's other programs: root in a machine is nobody here and
 * may go no further than it was let. nspawn gives limits from inside, so what it gives must have been given before (insideScript);
 * where this computer may not give it, keepalived goes without.
 */
const mostNice = 30;

/**
 * The machine's disk is mounted in a mount namespace of its own, so it is unmounted by the machine's death, whatever
 * killed it, and never seen by the rest of the computer. An empty /run keeps nspawn's notes from this computer's. Only the base
 * has other owners here than where it lies: overlayfs writes to no layer of which that is so.
 */
const insideScript = `set -eu
base=$1 upper=$2 work=$3 root=$4
shift 4
mount -t overlay -o "lowerdir=$base,upperdir=$upper,workdir=$work" quintet "$root"
prlimit --pid $$ --nice=${mostNice} 2>/dev/null || :
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 "$@"`;

/** The machine's users are others than this computer's: its root is nobody here. */
const ownUsers = (first: number | undefined): readonly string[] =>
  first === undefined ? [] : [`--private-users=${first}:${idsPerMachine}`, '--private-users-ownership=off'];

const nspawn = (site: LabSite, machine: string, folder: MachineFolder, address: string): readonly string[] => [
  'systemd-nspawn',
  '--quiet',
  '--boot',
  '--register=no',
  '--keep-unit',
  '--settings=no',
  `--machine=${machine}`,
  `--hostname=${machine}`,
  `--directory=${folder.root}`,
  `--network-bridge=${bridge}`,
  '--capability=CAP_NET_ADMIN,CAP_NET_RAW',
  `--rlimit=RLIMIT_NICE=${mostNice}`,
  '--link-journal=no',
  '--resolv-conf=off',
  '--timezone=off',
  '--console=read-only',
  `--setenv=QUINTET_ADDRESS=${address}/${site.plan.network.prefixLength}`,
];

/**
 * Sets the weight of the group it runs in. Not a property of the scope: to change that later leaves a drop-in in /run, and
 * systemd itself may only ever go back to the full weight.
 */
const toWeight = `{ echo "$1" >"/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/cpu.weight"; } 2>/dev/null || true
shift
exec "$@"`;

/** Asks this computer's systemd for a scope, the group of one machine. */
const inScope = (name: string, limits: Limits, argv: readonly string[]): readonly string[] => {
  const quota = quotaUs(limits);
  const percent = Math.round(((quota ?? 0) / quotaPeriodUs) * 100);
  return [
    'systemd-run',
    '--scope',
    '--quiet',
    '--collect',
    `--unit=${name}`,
    `--description=${name.replaceAll('-', ' ')}, a machine of Quintet`,
    '--property=Delegate=yes',
    '--property=DevicePolicy=closed',
    ...scopeDevices.map((device) => `--property=DeviceAllow=${device}`),
    `--property=TasksMax=${mostTasks}`,
    `--property=MemoryMax=${limits.memoryMb}M`,
    `--property=CPUWeight=${fullWeight}`,
    ...(quota ? [`--property=CPUQuota=${percent}%`, `--property=CPUQuotaPeriodSec=${quotaPeriodUs}us`] : []),
    '--',
    ...['sh', '-c', toWeight, 'weight', String(limits.weight ?? fullWeight)],
    ...argv,
  ];
};

type Prefix = (argv: readonly string[]) => readonly string[];

/**
 * Puts a command into a group of its own that lasts as long as its processes. `outer` and `onDisk` begin its command line; the latter
 * mounts a disk from a device that nothing in the group may open.
 */
const grouped = async (name: string, limits: Limits, outer: Prefix, onDisk: Prefix, argv: readonly string[]) => {
  if (await needsScopes()) return onDisk(inScope(name, limits, outer(argv)));
  const groups = await makeGroups(name, limits);
  const bounds = await Promise.all(groups.map(boundsDevices));
  const late = groups.filter((_, index) => bounds[index]);
  const early = groups.filter((_, index) => !bounds[index]);
  return joining(early, outer(onDisk(joining(late, argv))));
};

/** While a machine boots it has a smaller share than its siblings: one that comes back must not hold up the site. */
const bootShare = 0.25;

/** Switches a machine on among siblings of that weight; it outlives Quintet. Returns the id of the process that carries it. */
export const launch = async (site: LabSite, machine: string, base: string, weight: number): Promise<number> => {
  const planned = site.plan.machines.find((one) => one.name === machine);
  if (planned === undefined) throw new Error(`the plan has no machine ${machine}`);
  const folder = machineFolder(site, machine);
  const first = await idsOf(site, machine);
  const imaged = await exists(folder.image);
  const { upper, work } = imaged ? layerAt(folder.disk) : folder;
  const boot = [...nspawn(site, machine, folder, planned.address), ...ownUsers(first)];
  const inside = (layers: readonly string[]) => {
    const disk = [layers.join(':'), upper, work, folder.root];
    return ['sh', '-c', insideScript, 'machine', ...disk, ...boot];
  };
  const outer: Prefix = (argv) => inNetwork(site, ['flock', '--nonblock', '--close', folder.lock, ...argv]);
  const onDisk: Prefix = (argv) => (imaged ? withImage(folder.image, folder.disk, argv) : argv);
  const limits = { ...planned, weight: weight * bootShare };
  const chain = withLayers(first, foldersOf(base), inside);
  const argv = await grouped(groupName(site, machine), limits, outer, onDisk, chain);
  return startDetached(['sh', '-c', toConsole, 'console', folder.console, ...argv]);
};
