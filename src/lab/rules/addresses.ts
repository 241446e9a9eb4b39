import type { Path, Remark } from '../../model/problem.js';
import { nth, offsetIn, subnetOf, virtualboxDhcpHas } from '../../plan/addresses.js';
import type { LabRule, LabSubject } from '../lab-rule.js';

interface Given {
  readonly path: Path;
  readonly name: string;
  readonly address: string;
}

const reads = ['network.subnet', 'network.vip', 'machines.*.address', 'provider'];

/** Every address the user chose, the VIP first. What Quintet chooses is right by construction. */
const given = ({ lab }: LabSubject): readonly Given[] => {
  const vip =
    lab.network.vip === undefined ? [] : [{ path: ['network', 'vip'], name: 'the VIP', address: lab.network.vip }];
  const machines = Object.entries(lab.machines).flatMap(([name, { address }]) =>
    address === undefined ? [] : [{ path: ['machines', name, 'address'], name, address }],
  );
  return [...vip, ...machines];
};

/** Why an address can't be used in the lab, or undefined. */
const objection = (subject: LabSubject, address: string): { message: string; hint: string } | undefined => {
  const { network, provider } = subject.lab;
  const subnet = subnetOf(network.subnet);
  const offset = offsetIn(subnet, address);
  const free = `take one from ${nth(subnet, 2)} to ${nth(subnet, subnet.size - 2)}, or leave it out.`;
  if (offset < 0 || offset >= subnet.size) {
    return { message: `${address} is outside the lab's network ${network.subnet}`, hint: free };
  }
  if (offset === 0) return { message: `${address} is the network's own address`, hint: free };
  if (offset === subnet.size - 1) return { message: `${address} is the network's broadcast address`, hint: free };
  if (offset === 1) return { message: `${address} is this computer's own address in the lab's network`, hint: free };
  return provider === 'virtualbox' && virtualboxDhcpHas(address)
    ? {
        message: `${address} belongs to VirtualBox's own DHCP server (192.168.56.100 to .254)`,
        hint: 'take one from 192.168.56.2 to 192.168.56.99, or leave it out.',
      }
    : undefined;
};

const eachIsUsable: LabRule = {
  reads,
  check: (subject) =>
    given(subject).flatMap(({ path, address }): Remark[] => {
      const wrong = objection(subject, address);
      return wrong ? [{ path, ...wrong }] : [];
    }),
};

const eachOnlyOnce: LabRule = {
  reads,
  check: (subject) => {
    const all = given(subject);
    return all.flatMap(({ path, name, address }, index): Remark[] => {
      const first = all.slice(0, index).find((other) => other.address === address);
      return first ? [{ path, message: `${name} can't have ${address}: ${first.name} has it already` }] : [];
    });
  },
};

export const addressRules: readonly LabRule[] = [eachIsUsable, eachOnlyOnce];
