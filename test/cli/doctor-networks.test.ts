import test from 'ava';
import { cidrOf, linuxRoutes, macRoutes, usedNetworks, windowsRoutes } from '../../src/cli/doctor/networks.js';
import {
  dhcpServersIn,
  hostOnlyIn,
  hostOnlyNetsIn,
  idsIn,
  inaccessibleIn,
  machineFolderIn,
} from '../../src/cli/doctor/virtualbox-lists.js';
import { answer, boxes, complaints, domains, planWith, withBoxes, withDomains } from './computers.js';

const told = (...args: Parameters<typeof complaints>) =>
  complaints(...args).map(({ what, outcome }) => `${what} ${outcome}`);

test('the network that VirtualBox allows decides on Linux and on old macOS alone', (t) => {
  const outside = planWith({ provider: 'virtualbox', network: { subnet: '10.9.8.0/24' } });
  const [found] = complaints(withBoxes(), outside);
  t.is(found?.outcome, 'bad');
  t.is(found?.why, 'VirtualBox refuses the network 10.9.8.0/24: it allows 192.168.56.0/21');
  t.regex(
    found?.mend ?? '',
    /echo '\* 192\.168\.56\.0\/21 10\.9\.8\.0\/24' \| sudo tee -a \/etc\/vbox\/networks\.conf/,
  );
  const [more] = complaints(withBoxes({}, { networksConf: '* 10.1.0.0/16\n' }), outside);
  t.regex(more?.mend ?? '', /echo '\* 10\.9\.8\.0\/24' \| sudo tee -a/, 'what is allowed there already stays allowed');
  t.deepEqual(told(withBoxes({}, { networksConf: '# ours\n* 10.0.0.0/8 192.168.0.0/16\n* 2001::/64\n' }), outside), []);
  t.deepEqual(told({ ...withBoxes(), platform: 'win32' }, outside), []);
  t.deepEqual(told({ ...withBoxes(), platform: 'darwin' }, outside), []);
  const old = withBoxes({ hypervisor: answer('6.1.30r1') });
  t.deepEqual(told({ ...old, platform: 'darwin' }, outside), ['network bad']);
  t.deepEqual(told(withBoxes({ hypervisor: answer('6.1.26r1') }), outside), []);
});

test('a networks.conf that is there replaces what VirtualBox allows by itself', (t) => {
  const [found] = complaints(withBoxes({}, { networksConf: '* 10.0.0.0/8\n' }), boxes);
  t.is(found?.why, 'VirtualBox refuses the network 192.168.56.0/24: it allows 10.0.0.0/8');
});

const home = { cidr: '192.168.1.0/24', by: 'eth0', kind: 'card', address: '192.168.1.7' } as const;

test('a card or a route in the lab network is told, with a network that is free', (t) => {
  const card = { cidr: '192.168.56.0/24', by: 'eth1', kind: 'card', address: '192.168.56.77' } as const;
  const [found] = complaints(withBoxes({ networks: [home, card] }), boxes);
  t.is(found?.outcome, 'bad');
  t.is(found?.why, "the lab's network 192.168.56.0/24 is used by the network of eth1 (192.168.56.0/24)");
  t.regex(found?.mend ?? '', /192\.168\.57\.0\/24, then quintet generate/);
  const within = { cidr: '192.168.56.128/25', by: 'tun0', kind: 'route' } as const;
  t.deepEqual(told(withBoxes({ networks: [home, within] }), boxes), ['subnet bad']);
  const around = { cidr: '192.168.0.0/16', by: 'tun0', kind: 'route' } as const;
  t.deepEqual(told(withBoxes({ networks: [home, around] }), boxes), ['subnet warn']);
});

test("the lab's own network is no other one's", (t) => {
  const own = { cidr: '192.168.56.0/24', by: 'vboxnet0', kind: 'card', address: '192.168.56.1' } as const;
  const hostOnly = [{ name: 'vboxnet0', cidr: '192.168.56.0/24', address: '192.168.56.1' }];
  t.deepEqual(told(withBoxes({ networks: [home, own] }, { hostOnly }), boxes), []);
  const bridge = { ...own, by: 'virbr1' };
  t.deepEqual(told(withDomains({ networks: [home, bridge] }), domains), []);
  t.deepEqual(told(withBoxes({ networks: [home, bridge] }), boxes), ['subnet bad']);
});

/** As VirtualBox 7 on macOS prints it. */
const hostOnlyNets = `Name:            vagrantnet-vbox1
GUID:            10000000-0000-0000-0000-000000000000

State:           Enabled
NetworkMask:     255.255.255.0
LowerIP:         192.168.56.0
UpperIP:         192.168.56.0
VBoxNetworkName: hostonly-vagrantnet-vbox1

Name:            by-hand
GUID:            20000000-0000-0000-0000-000000000000

State:           Enabled
NetworkMask:     255.255.255.0
LowerIP:         192.168.59.100
UpperIP:         192.168.59.254
VBoxNetworkName: hostonly-by-hand
`;

test('the networks that VirtualBox 7 makes on macOS in place of cards are read', (t) => {
  for (const text of [hostOnlyNets, hostOnlyNets.replaceAll('\n', '\r\n')]) {
    t.deepEqual(hostOnlyNetsIn(text), [
      { name: 'vagrantnet-vbox1', cidr: '192.168.56.0/24', address: '192.168.56.1', isNet: true },
      { name: 'by-hand', cidr: '192.168.59.0/24', address: '192.168.59.100', isNet: true },
    ]);
  }
  t.deepEqual(hostOnlyNetsIn(''), []);
});

test("on macOS the lab's own network has a card with a name of the system's", (t) => {
  const own = { cidr: '192.168.56.0/24', by: 'bridge100', kind: 'card', address: '192.168.56.1' } as const;
  const mac = (...args: Parameters<typeof withBoxes>) => ({ ...withBoxes(...args), platform: 'darwin' as const });
  const hostOnly = hostOnlyNetsIn(hostOnlyNets);
  t.deepEqual(told(mac({ networks: [home, own] }, { hostOnly }), boxes), []);
  t.deepEqual(told(mac({ networks: [home, own] }), boxes), ['subnet bad']);
  const shifted = hostOnlyNetsIn(
    hostOnlyNets.replace('LowerIP:         192.168.56.0', 'LowerIP:         192.168.56.50'),
  );
  const [found] = complaints(mac({}, { hostOnly: shifted }), boxes);
  t.is(found?.mend, 'VBoxManage hostonlynet modify --name="vagrantnet-vbox1" --lower-ip=192.168.56.1');
});

test('a host-only network where this computer has another address is told', (t) => {
  const card = { cidr: '192.168.56.0/24', by: 'vboxnet0', kind: 'card', address: '192.168.56.10' } as const;
  const hostOnly = [{ name: 'vboxnet0', cidr: '192.168.56.0/24', address: '192.168.56.10' }];
  const found = complaints(withBoxes({ networks: [home, card] }, { hostOnly }), boxes);
  t.is(found[0]?.why, "192.168.56.10, the address of the VIP, is this computer's own (vboxnet0)");
  t.is(found[1]?.mend, 'VBoxManage hostonlyif ipconfig "vboxnet0" --ip 192.168.56.1');
});

test("addresses that VirtualBox's DHCP server has or lends are told", (t) => {
  const network = 'HostInterfaceNetworking-vboxnet0';
  const server = { network, address: '192.168.56.100', lower: '192.168.56.101', upper: '192.168.56.254' };
  t.deepEqual(told(withBoxes({}, { dhcpServers: [server] }), boxes), []);
  const lent = planWith({
    provider: 'virtualbox',
    network: { vip: '192.168.56.200' },
  });
  const [found] = complaints(withBoxes({}, { dhcpServers: [server] }), lent);
  t.is(found?.outcome, 'warn');
  t.regex(found?.why ?? '', /may lend the address of the VIP \(192\.168\.56\.200\)/);
  t.regex(found?.mend ?? '', /^VBoxManage dhcpserver remove --network="HostInterfaceNetworking-vboxnet0"/);
  t.deepEqual(told(withBoxes({}, { dhcpServers: [{ ...server, address: '192.168.56.11' }] }), boxes), ['dhcp bad']);
});

test('networks are told by their first address', (t) => {
  t.is(cidrOf('192.168.56.77', '255.255.255.0'), '192.168.56.0/24');
  t.is(cidrOf('10.1.2.3', 9), '10.0.0.0/9');
  t.is(cidrOf('0.0.0.0', '0.0.0.0'), '0.0.0.0/0');
});

const cidrs = (networks: readonly { cidr: string; by: string }[]) => networks.map(({ cidr, by }) => `${cidr} ${by}`);

test("Linux's routes are read", (t) => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT      ',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0     ',
    'tun0\t0038A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0     ',
    '',
  ].join('\n');
  t.deepEqual(cidrs(linuxRoutes(text)), ['0.0.0.0/0 eth0', '192.168.56.0/24 tun0']);
});

test("macOS' routes are read, however short they are written", (t) => {
  const text = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
127                127.0.0.1          UCS                   lo0
10.8/16            10.8.0.5           UGSc                utun4
192.168.1          link#11            UCS                   en0      !
192.168.1.1/32     link#11            UCS                   en0      !
192.168.1.20       8:0:27:1:2:3       UHLWI                 en0   1094
`;
  t.deepEqual(cidrs(macRoutes(text)), [
    '127.0.0.0/8 lo0',
    '10.8.0.0/16 utun4',
    '192.168.1.0/24 en0',
    '192.168.1.1/32 en0',
    '192.168.1.20/32 en0',
  ]);
});

test("Windows' routes are read, whatever its language", (t) => {
  const text = [
    'IPv4-Routentabelle',
    'Aktive Routen:',
    '     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik',
    '          0.0.0.0          0.0.0.0      192.168.0.1     192.168.0.12     35',
    '     192.168.56.0    255.255.255.0   Auf Verbindung      192.168.56.1    281',
    '         10.8.0.0      255.255.0.0         10.8.0.5         10.8.0.6     25',
    'Ständige Routen:',
    '  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik',
    '        10.99.0.0      255.255.0.0      192.168.0.9       1',
    '',
  ].join('\r\n');
  t.deepEqual(cidrs(windowsRoutes(text)), [
    '0.0.0.0/0 192.168.0.12',
    '192.168.56.0/24 192.168.56.1',
    '10.8.0.0/16 10.8.0.6',
  ]);
});

test('routes that lead nowhere else than the cards, or everywhere, are left out', (t) => {
  const route = (cidr: string) => ({ cidr, by: 'x', kind: 'route' }) as const;
  const routes = ['0.0.0.0/0', '128.0.0.0/1', '127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '192.168.1.255/32'];
  t.deepEqual(cidrs(usedNetworks([home], [...routes, '10.8.0.0/16'].map(route))), [
    '192.168.1.0/24 eth0',
    '10.8.0.0/16 x',
  ]);
});

test("VirtualBox's lists are read, also with the line ends of Windows", (t) => {
  const hostOnly = [
    'Name:            VirtualBox Host-Only Ethernet Adapter',
    'GUID:            786f6276-656e-4074-8000-0a0027000000',
    'DHCP:            Disabled',
    'IPAddress:       192.168.56.1',
    'NetworkMask:     255.255.255.0',
    'IPV6Address:     ',
    'Status:          Up',
    '',
    'Name:            vboxnet1',
    'IPAddress:       ',
    'NetworkMask:     ',
    '',
    '',
  ];
  for (const end of ['\n', '\r\n']) {
    t.deepEqual(hostOnlyIn(hostOnly.join(end)), [
      { name: 'VirtualBox Host-Only Ethernet Adapter', cidr: '192.168.56.0/24', address: '192.168.56.1' },
    ]);
  }
  const dhcp = (enabled: string) => `NetworkName:    HostInterfaceNetworking-vboxnet0
Dhcpd IP:       192.168.56.100
LowerIPAddress: 192.168.56.101
UpperIPAddress: 192.168.56.254
NetworkMask:    255.255.255.0
Enabled:        ${enabled}
Global Configuration:
    minLeaseTime:     default
`;
  t.deepEqual(dhcpServersIn(dhcp('Yes')), [
    {
      network: 'HostInterfaceNetworking-vboxnet0',
      address: '192.168.56.100',
      lower: '192.168.56.101',
      upper: '192.168.56.254',
    },
  ]);
  t.deepEqual(dhcpServersIn(dhcp('No')), []);
  t.is(
    machineFolderIn(
      'API version:                     7_0\r\nDefault machine folder:          D:\\Ada L\\VirtualBox VMs\r\nVRDE:  x\r\n',
    ),
    'D:\\Ada L\\VirtualBox VMs',
  );
  const vms = '"five_lb1_1_2" {61b58b46-ec0e}\r\n"<inaccessible>" {0a1b-22}\r\n';
  t.deepEqual(idsIn(vms), ['61b58b46-ec0e', '0a1b-22']);
  t.deepEqual(inaccessibleIn(vms), ['0a1b-22']);
});
