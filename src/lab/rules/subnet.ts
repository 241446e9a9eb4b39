import type { Remark } from '../../model/problem.js';
import { addresses, covers, nth, subnetOf, virtualboxDhcpHas } from '../../plan/addresses.js';
import type { LabRule, LabSubject } from '../lab-rule.js';

/** RFC 1918. */
const privateSubnets = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
/** What VirtualBox allows for host-only networks on Linux and old macOS, unless /etc/vbox/networks.conf says otherwise. */
const virtualboxSubnet = '192.168.56.0/21';
const widest = 16;

const wrong = (message: string, rest: Partial<Remark> = {}): Remark => ({
  path: ['network', 'subnet'],
  message,
  ...rest,
});

const startsAtItsBeginning = ({ lab: { network } }: LabSubject): readonly Remark[] => {
  const subnet = subnetOf(network.subnet);
  const proper = `${nth(subnet, 0)}/${subnet.prefixLength}`;
  return proper === network.subnet
    ? []
    : [wrong(`${network.subnet} is an address inside a network, not a network`, { suggestion: proper })];
};

const isPrivate = ({ lab: { network } }: LabSubject): readonly Remark[] =>
  privateSubnets.some((subnet) => covers(subnet, network.subnet))
    ? []
    : [
        wrong(`${network.subnet} is not private: these addresses belong to somebody on the internet`, {
          hint: `take a network inside ${privateSubnets.join(', ')} (RFC 1918).`,
          suggestion: '192.168.56.0/24',
        }),
      ];

const isOfUsefulSize = ({ lab }: LabSubject): readonly Remark[] => {
  const { subnet } = lab.network;
  const { size, prefixLength } = subnetOf(subnet);
  const machines = Object.keys(lab.machines).length;
  // The network's and the broadcast address, this computer and the VIP.
  const needed = machines + 4;
  if (prefixLength < widest) {
    return [
      wrong(`${subnet} has ${size} addresses, and would hide as many of the networks around this computer`, {
        hint: `a lab needs a handful: /24 is usual, /${widest} the widest.`,
      }),
    ];
  }
  return size >= needed
    ? []
    : [
        wrong(`${subnet} has ${size} addresses, and ${machines} machines need ${needed}`, {
          hint: 'that is one for each machine, the VIP, this computer, the network and the broadcast. /24 is usual.',
        }),
      ];
};

/** Only the computer knows for sure: doctor and up ask it. */
const virtualboxAllowsIt = ({ lab: { network, provider } }: LabSubject): readonly Remark[] =>
  provider !== 'virtualbox' || covers(virtualboxSubnet, network.subnet)
    ? []
    : [
        wrong(`VirtualBox on Linux refuses ${network.subnet} unless /etc/vbox/networks.conf allows it`, {
          severity: 'warning',
          hint: `networks inside ${virtualboxSubnet} are allowed everywhere; quintet doctor tells about this computer.`,
        }),
      ];

/** Whether VirtualBox's DHCP server leaves enough addresses for the machines that were given none. */
const dhcpLeavesRoom = ({ lab }: LabSubject): readonly Remark[] => {
  if (lab.provider !== 'virtualbox') return [];
  const { vip, machines } = addresses(lab);
  const asked = [lab.network.vip, ...Object.values(lab.machines).map(({ address }) => address)];
  const chosen = [vip, ...machines.values()].filter((address) => !asked.includes(address));
  return chosen.some(virtualboxDhcpHas)
    ? [
        wrong(
          `VirtualBox's own DHCP server (192.168.56.100 to .254) leaves too few addresses in ${lab.network.subnet}`,
          {
            suggestion: '192.168.56.0/24',
          },
        ),
      ]
    : [];
};

/** The first thing wrong with the subnet: the others follow from it. */
const subnetIsUsable: LabRule = {
  reads: ['network', 'machines.*.address', 'machines.*.roles', 'provider'],
  check: (subject) =>
    [startsAtItsBeginning, isPrivate, isOfUsefulSize, virtualboxAllowsIt, dhcpLeavesRoom]
      .map((check) => check(subject))
      .find((remarks) => remarks.length > 0) ?? [],
};

const realDomain: LabRule = {
  reads: ['network.domain'],
  check: ({ lab: { network } }) => {
    const top = network.domain.split('.').at(-1) ?? '';
    if (['test', 'example', 'internal', 'lan', 'home', 'invalid', 'localhost', 'arpa'].includes(top)) return [];
    return [
      {
        path: ['network', 'domain'],
        severity: 'warning',
        message:
          top === 'local'
            ? `${network.domain}: names under .local are looked up by multicast, which many systems do differently`
            : `${network.domain} may be somebody's real domain`,
        hint: '.test is reserved for what never leaves the lab (RFC 2606).',
      },
    ];
  },
};

export const subnetRules: readonly LabRule[] = [subnetIsUsable, realDomain];
