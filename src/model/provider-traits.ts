import { type ProviderName, type System, systems } from './lab.js';

/** What follows from who runs a lab's machines, for whoever must know before there is one. */
export interface ProviderTraits {
  /** What its machines are, for people. */
  readonly machines: string;
  /** Who makes them: Quintet itself, or Vagrant, which runs the lab's own Vagrantfile on this computer. */
  readonly madeBy: 'quintet' | 'vagrant';
  /** What their disks begin as: a base that Quintet builds from packages, or a box that somebody else built. */
  readonly madeFrom: 'base' | 'box';
  /** From where their addresses can be reached: from this computer as it is, or from within the lab's network alone. */
  readonly reachedFrom: 'computer' | 'network';
  /** Whether they take what they need of this computer's memory, or each what it was given. */
  readonly memory: 'needed' | 'given';
  /** The systems that they can have. */
  readonly systems: readonly System[];
}

const inBoxes = { madeBy: 'vagrant', madeFrom: 'box', reachedFrom: 'computer', memory: 'given', systems } as const;

const table: Readonly<Record<ProviderName, ProviderTraits>> = {
  container: {
    machines: 'containers',
    madeBy: 'quintet',
    madeFrom: 'base',
    reachedFrom: 'network',
    memory: 'needed',
    // A base is built from Debian's own packages.
    systems: systems.filter((system) => system.startsWith('debian')),
  },
  virtualbox: { machines: 'run by virtualbox', ...inBoxes },
  libvirt: { machines: 'run by libvirt', ...inBoxes },
};

export const traitsOf = ({ provider }: { readonly provider: ProviderName }): ProviderTraits => table[provider];
