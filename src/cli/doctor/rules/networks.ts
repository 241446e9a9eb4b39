import type { Plan } from '../../../model/plan.js';
import { covers } from '../../../plan/addresses.js';
import { rangeTrouble } from '../../../providers/vagrant/host-only-ranges.js';
import { bad, type Finding, good, type Rule, warn } from '../finding.js';
import { isIn, overlap, type UsedNetwork } from '../networks.js';
import type { VagrantState } from '../vagrant-facts.js';
import { about } from './vagrant.js';

const allowed = about(({ virtualbox, hypervisor }, { platform }, { network }) => {
  if (!virtualbox || typeof hypervisor !== 'object') return [];
  const { networksConf } = virtualbox;
  const trouble = rangeTrouble(network.subnet, { versionText: hypervisor.text, platform, networksConf });
  return trouble ? bad('network', trouble.what, trouble.hint) : [];
});

/** The lab's own network, which the hypervisor made on this computer for it or for another lab like it. */
const isOwn = (network: UsedNetwork, { virtualbox, libvirt }: VagrantState, plan: Plan): boolean => {
  if (network.cidr !== plan.network.subnet) return false;
  if (libvirt) return /^virbr\d+$/.test(network.by);
  return virtualbox?.hostOnly.some(({ address }) => address === network.address) ?? false;
};

/** One that nothing on this computer uses. */
const freeSubnet = (networks: readonly UsedNetwork[]): string => {
  const choices = Array.from({ length: 8 }, (_, index) => `192.168.${56 + index}.0/24`);
  return choices.find((choice) => !networks.some(({ cidr }) => overlap(cidr, choice))) ?? '10.56.0.0/24';
};

const collision = about((vagrant, _computer, plan) => {
  const { subnet } = plan.network;
  const { networks } = vagrant;
  const others = networks.filter((network) => overlap(network.cidr, subnet) && !isOwn(network, vagrant, plan));
  const mend = `set network.subnet in lab.yaml to one that is free, e.g. ${freeSubnet(networks)}, then quintet generate`;
  const found = others.map((network): Finding[] => {
    const where = network.kind === 'card' ? `the network of ${network.by}` : `a route over ${network.by}`;
    if (network.cidr === subnet || !covers(network.cidr, subnet))
      return bad('subnet', `the lab's network ${subnet} is used by ${where} (${network.cidr})`, mend);
    return warn('subnet', `the lab's network ${subnet} hides a part of ${where} (${network.cidr})`, mend);
  });
  return found.length > 0 ? found.flat() : good('subnet', `no other network of this computer uses ${subnet}`);
});

const labAddresses = (plan: Plan): readonly (readonly [name: string, address: string])[] => [
  ['the VIP', plan.network.vip],
  ...plan.machines.map(({ name, address }) => [name, address] as const),
];

/** The machines' firewalls admit this computer by its address in the lab network. */
const vantage = about(({ virtualbox }, _computer, { network }) => {
  const own = virtualbox?.hostOnly.find(({ cidr }) => cidr === network.subnet);
  if (!own || own.address === network.vantage) return [];
  return bad(
    'vantage',
    `this computer is ${own.address} in the lab's network (${own.name}), and the machines expect ${network.vantage}`,
    own.isNet
      ? `VBoxManage hostonlynet modify --name="${own.name}" --lower-ip=${network.vantage}`
      : `VBoxManage hostonlyif ipconfig "${own.name}" --ip ${network.vantage}`,
  );
});

const dhcp = about(({ virtualbox }, _computer, plan) =>
  (virtualbox?.dhcpServers ?? []).flatMap(({ network, address, lower, upper }) => {
    const mend = `VBoxManage dhcpserver remove --network="${network}", or other addresses in lab.yaml`;
    const named = (rows: ReturnType<typeof labAddresses>) => rows.map(([name, at]) => `${name} (${at})`).join(', ');
    const taken = labAddresses(plan).filter(([, at]) => at === address);
    if (taken.length > 0) return bad('dhcp', `VirtualBox's DHCP server sits on the address of ${named(taken)}`, mend);
    const lent = labAddresses(plan).filter(([, at]) => isBetween(at, lower, upper));
    if (lent.length === 0) return [];
    return warn('dhcp', `VirtualBox's DHCP server may lend the address of ${named(lent)} to other machines`, mend);
  }),
);

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const isBetween = (address: string, lower: string, upper: string): boolean =>
  numberOf(lower) <= numberOf(address) && numberOf(address) <= numberOf(upper);

/** An address that a card of this computer has already. */
const ownAddress = about(({ networks }, _computer, plan) =>
  networks.flatMap(({ address, by }) => {
    const [name, at] = labAddresses(plan).find((row) => row[1] === address) ?? [];
    if (name === undefined || at === undefined || !isIn(plan.network.subnet, at)) return [];
    return bad(
      'subnet',
      `${at}, the address of ${name}, is this computer's own (${by})`,
      'give it another one in lab.yaml',
    );
  }),
);

export const networkRules: readonly Rule[] = [allowed, collision, ownAddress, vantage, dhcp];
