import { nth, subnetOf } from '../../plan/addresses.js';
import { cidrOf } from './networks.js';

/** A network of VirtualBox between this computer and its machines. */
export interface HostOnly {
  readonly name: string;
  readonly cidr: string;
  /** This computer's own address there. */
  readonly address: string;
  /** One without a card that VirtualBox keeps (macOS, from VirtualBox 7 on). */
  readonly isNet?: true;
}

/** A DHCP server of VirtualBox that is switched on. */
export interface DhcpServer {
  readonly network: string;
  readonly address: string;
  readonly lower: string;
  readonly upper: string;
}

/** Blocks of `Key:   value` lines, parted by empty lines. */
const blocks = (text: string): ReadonlyMap<string, string>[] =>
  text
    .split(/\r?\n\s*\r?\n/)
    .map(
      (block) =>
        new Map(
          [...block.matchAll(/^([^:\n]+):[ \t]*(.*?)[ \t\r]*$/gm)].map(([, key = '', value = '']) => [key, value]),
        ),
    );

const hasAddress = (text: string | undefined): text is string => /^\d+\.\d+\.\d+\.\d+$/.test(text ?? '');

/** `VBoxManage list hostonlyifs`. */
export const hostOnlyIn = (text: string): HostOnly[] =>
  blocks(text).flatMap((block) => {
    const [name, address, mask] = ['Name', 'IPAddress', 'NetworkMask'].map((key) => block.get(key));
    if (name === undefined || !hasAddress(address) || !hasAddress(mask)) return [];
    return [{ name, address, cidr: cidrOf(address, mask) }];
  });

/**
 * `VBoxManage list hostonlynets`: an empty line within each. This computer's card there has the lowest address, or the one after
 * it where that is the network's own, as Vagrant writes it (plugins/providers/virtualbox/driver/version_7_0.rb).
 */
export const hostOnlyNetsIn = (text: string): HostOnly[] =>
  text.split(/^(?=Name:)/m).flatMap((part): HostOnly[] => {
    const value = (key: string) => new RegExp(`^${key}:[ \\t]*(.*?)\\s*$`, 'm').exec(part)?.[1];
    const [name, lower, mask] = ['Name', 'LowerIP', 'NetworkMask'].map(value);
    if (name === undefined || !hasAddress(lower) || !hasAddress(mask)) return [];
    const cidr = cidrOf(lower, mask);
    const subnet = subnetOf(cidr);
    return [{ name, cidr, address: lower === nth(subnet, 0) ? nth(subnet, 1) : lower, isNet: true }];
  });

/** `VBoxManage list dhcpservers`; the keys are those since VirtualBox 6.1 and those before it. */
export const dhcpServersIn = (text: string): DhcpServer[] =>
  blocks(text).flatMap((block) => {
    const first = (...keys: string[]) => keys.map((key) => block.get(key)).find(hasAddress);
    const network = block.get('NetworkName');
    const address = first('Dhcpd IP', 'IP');
    const lower = first('LowerIPAddress', 'lowerIPAddress');
    const upper = first('UpperIPAddress', 'upperIPAddress');
    if (block.get('Enabled') !== 'Yes' || network === undefined || !address || !lower || !upper) return [];
    return [{ network, address, lower, upper }];
  });

/** Of `VBoxManage list systemproperties`. */
export const machineFolderIn = (text: string): string | undefined =>
  /^Default machine folder:[ \t]*(.*?)\s*$/m.exec(text)?.[1] || undefined;

/** Of `VBoxManage list vms` or `list runningvms`. */
export const idsIn = (text: string): string[] => [...text.matchAll(/\{([0-9a-f-]+)\}\s*$/gm)].map(([, id = '']) => id);

/** Machines whose files VirtualBox can't read any more. */
export const inaccessibleIn = (text: string): string[] =>
  [...text.matchAll(/^"<inaccessible>" \{([0-9a-f-]+)\}\s*$/gm)].map(([, id = '']) => id);
