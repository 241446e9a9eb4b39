import { join } from 'node:path';
import { silent, type Verb, vmCalled } from './reply.js';
import { type HostOnly, paths, type Snapshot, type State, type Vm } from './store.js';

/** What VirtualBox tells of itself and its machines, in its own formats. */

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const stateWords = { off: 'poweroff', on: 'running', paused: 'paused' } as const;

const nicLines = (vm: Vm, card: string): string[] => {
  const nic = vm.nics[card];
  if (nic === undefined || nic.kind === 'none') return [`nic${card}="none"`];
  const attachment = {
    nat: `natnet${card}="nat"`,
    hostonly: `hostonlyadapter${card}="${nic.network}"`,
    intnet: `intnet${card}="${nic.network}"`,
  }[nic.kind];
  const forwards = card === '1' ? Object.entries(vm.forwards) : [];
  return [
    ...(attachment === undefined ? [] : [attachment]),
    `macaddress${card}="${nic.mac}"`,
    `cableconnected${card}="${nic.cable ? 'on' : 'off'}"`,
    `nic${card}="${nic.kind}"`,
    `nictype${card}="82540EM"`,
    `nicspeed${card}="0"`,
    ...forwards.map(([name, rule], index) => `Forwarding(${index})="${name},${rule}"`),
  ];
};

const cards = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** As VirtualBox walks the tree: a child's place is its parent's with a number added. */
const placesBelow = (vm: Vm, parent: string | undefined, place: string): (readonly [string, Snapshot])[] => {
  const children = vm.snapshots.filter((one) => one.parent === parent);
  return children.flatMap((one, index) => {
    const own = parent === undefined ? '' : `${place}-${index + 1}`;
    return [[own, one] as const, ...placesBelow(vm, one.uuid, own)];
  });
};

export const snapshotLines = (vm: Vm): string[] => {
  const places = placesBelow(vm, undefined, '');
  const current = places.find(([, { uuid }]) => uuid === vm.currentSnapshot);
  return [
    ...places.flatMap(([place, { name, uuid }]) => [
      `SnapshotName${place}=${quoted(name)}`,
      `SnapshotUUID${place}="${uuid}"`,
    ]),
    ...(current === undefined
      ? []
      : [
          `CurrentSnapshotName=${quoted(current[1].name)}`,
          `CurrentSnapshotUUID="${current[1].uuid}"`,
          `CurrentSnapshotNode="SnapshotName${current[0]}"`,
        ]),
  ];
};

export const settingsFile = (home: string, vm: Vm): string => join(paths(home).settings, vm.name, `${vm.name}.vbox`);

export const machineReadable = (home: string, vm: Vm): string =>
  [
    `name=${quoted(vm.name)}`,
    'groups="/"',
    'ostype="Quintet stand-in, not a virtual machine"',
    `UUID="${vm.uuid}"`,
    `CfgFile=${quoted(settingsFile(home, vm))}`,
    `memory=${vm.memoryMb}`,
    'firmware="BIOS"',
    `cpus=${vm.cpus}`,
    `VMState="${stateWords[vm.power]}"`,
    'VMStateChangeTime="2026-01-01T00:00:00.000000000"',
    'storagecontrollername0="SATA Controller"',
    ...cards.flatMap((card) => nicLines(vm, card)),
    ...snapshotLines(vm),
    'GuestMemoryBalloon=0',
    '',
  ].join('\n');

export const showvminfo: Verb = async ({ home, state, words }) => ({
  stdout: machineReadable(home, vmCalled(state, words[0] ?? '')),
});

/** The spaces after an empty field are VirtualBox's, and Vagrant counts on them. */
const hostOnlyBlock = ({ name, ip, mask }: HostOnly): string =>
  [
    `Name:            ${name}`,
    `GUID:            786f6276-656e-4074-8000-0a002700000${name.slice(-1)}`,
    'DHCP:            Disabled',
    `IPAddress:       ${ip}`,
    `NetworkMask:     ${mask}`,
    'IPV6Address:     ',
    'IPV6NetworkMaskPrefixLength: 0',
    'HardwareAddress: 0a:00:27:00:00:00',
    'MediumType:      Ethernet',
    'Wireless:        No',
    'Status:          Up',
    `VBoxNetworkName: HostInterfaceNetworking-${name}`,
    '',
    '',
  ].join('\n');

const vmLines = (vms: readonly Vm[]): string => vms.map(({ name, uuid }) => `"${name}" {${uuid}}\n`).join('');

const lists: Readonly<Record<string, (state: State, home: string) => string>> = {
  vms: ({ vms }) => vmLines(vms),
  runningvms: ({ vms }) => vmLines(vms.filter(({ power }) => power !== 'off')),
  hostonlyifs: ({ hostOnly }) => hostOnly.map(hostOnlyBlock).join(''),
  bridgedifs: () => '',
  dhcpservers: () => '',
  systemproperties: (_, home) =>
    [
      'API version:                     7_0',
      'Stand-in:                        this is test equipment, not VirtualBox',
      `Default machine folder:          ${paths(home).settings}`,
      '',
    ].join('\n'),
};

export const list: Verb = async ({ home, state, words }) => {
  const told = lists[words[0] ?? ''];
  return told === undefined
    ? { stderr: `VBoxManage: error: Invalid parameter '${words[0]}'\n`, exitCode: 1 }
    : { stdout: told(state, home) };
};

export const guestproperty: Verb = async ({ state, words }) => {
  vmCalled(state, words[1] ?? '');
  return words[0] === 'get' ? { stdout: 'No value set!\n' } : silent;
};
