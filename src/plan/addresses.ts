import ipaddr from 'ipaddr.js';
import type { Lab } from '../model/lab.js';
import { roleNamed } from '../roles/roles.js';

const toNumber = (address: string): number =>
  ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export interface Subnet {
  readonly base: number;
  readonly size: number;
  readonly prefixLength: number;
  readonly netmask: string;
}

export const subnetOf = (cidr: string): Subnet => {
  const [network, prefixLength] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - prefixLength);
  const base = Math.floor(toNumber(network.toString()) / size) * size;
  return { base, size, prefixLength, netmask: ipaddr.IPv4.subnetMaskFromPrefixLength(prefixLength).toString() };
};

/** Whether one network holds the whole of another. */
export const covers = (outer: string, inner: string): boolean => {
  const [around, within] = [subnetOf(outer), subnetOf(inner)];
  return within.base >= around.base && within.base + within.size <= around.base + around.size;
};

/** The `offset`th address of a subnet. */
export const nth = (subnet: Subnet, offset: number): string => toAddress(subnet.base + offset);

/** How many addresses into the subnet an address lies; outside it, less than 0 or at least its size. */
export const offsetIn = (subnet: Subnet, address: string): number => toNumber(address) - subnet.base;

const vantageOffset = 1;
const vipOffset = 10;

/**
 * VirtualBox runs a DHCP server of its own in 192.168.56.0/24: it sits on .100 and hands out .101 to .254. An address
 * there can be given to somebody else at any time.
 */
export const virtualboxDhcpHas = (address: string): boolean => {
  const offset = offsetIn(subnetOf('192.168.56.0/24'), address);
  return offset >= 100 && offset <= 254;
};

export interface Addresses {
  readonly vantage: string;
  readonly vip: string;
  readonly machines: ReadonlyMap<string, string>;
}

/** The addresses the user gave, and for the rest the next free one of the role's own range (else of the subnet). */
export const addresses = (lab: Lab): Addresses => {
  const subnet = subnetOf(lab.network.subnet);
  const entries = Object.entries(lab.machines);
  const taken = new Set([
    nth(subnet, vantageOffset),
    lab.network.vip,
    ...entries.map(([, machine]) => machine.address),
  ]);
  const lent = (address: string) => lab.provider === 'virtualbox' && virtualboxDhcpHas(address);
  const free = (from: number): string => {
    const last = subnet.size - 1;
    const offsets = [...range(from, last), ...range(2, Math.min(from, last))];
    const found = offsets.map((offset) => nth(subnet, offset)).find((address) => !taken.has(address) && !lent(address));
    const chosen = found ?? nth(subnet, from);
    taken.add(chosen);
    return chosen;
  };
  const vip = lab.network.vip ?? free(vipOffset);
  const machines = new Map(
    entries.map(([name, machine]) => [name, machine.address ?? free(roleNamed(machine.roles[0] ?? '').firstOffset)]),
  );
  return { vantage: nth(subnet, vantageOffset), vip, machines };
};

const range = (from: number, to: number): number[] => {
  const last = Math.min(to, from + 1024);
  return Array.from({ length: Math.max(0, last - from) }, (_, index) => from + index);
};
