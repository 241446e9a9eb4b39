import type { MachineState } from '../../provider.js';

/** A machine that the hypervisor has, by the name it goes by there. */
export interface Domain {
  readonly id: string;
  readonly name: string;
}

/** What differs between the hypervisors that Vagrant drives. `id` is the one in Vagrant's id file. */
export interface Hypervisor {
  /** As Vagrant calls it. */
  readonly provider: 'virtualbox' | 'libvirt';
  readonly title: string;
  readonly versionCommand: () => readonly string[];
  readonly missing: string;
  readonly state: (id: string) => Promise<MachineState>;
  /**
   * Whether a machine that does not run has its cards, where Vagrant gives them only when it makes the machine: one whose
   * making was cut short starts, but nobody ever reaches it.
   */
  readonly isWhole?: (id: string) => Promise<boolean>;
  /** The port of this computer that leads to the machine's SSH; undefined where it has an address of its own. */
  readonly sshPort: (id: string) => Promise<number | undefined>;
  readonly powerOff: (id: string) => Promise<void>;
  readonly powerOn: (id: string) => Promise<void>;
  /** Both leave a machine that is off as it is, and one that is so already. */
  readonly pause: (id: string) => Promise<void>;
  readonly resume: (id: string) => Promise<void>;
  readonly cable: (id: string, way: 'on' | 'off') => Promise<void>;
  readonly snapshots: {
    /** Of a machine that is off. Replaces one of the same name. */
    readonly take: (id: string, name: string) => Promise<void>;
    readonly restore: (id: string, name: string) => Promise<void>;
    readonly names: (id: string) => Promise<string[]>;
    readonly remove: (id: string, name: string) => Promise<void>;
  };
  /** What the hypervisor calls a machine; undefined when it has none of this id. */
  readonly nameOfId: (id: string) => Promise<string | undefined>;
  readonly domains: () => Promise<Domain[]>;
  /** Removes a machine and its disk, without Vagrant. */
  readonly remove: (id: string) => Promise<void>;
  /** The name that Vagrant gives a machine of the lab folder called `folder` there: without what it takes for odd. */
  readonly nameOf: (folder: string, machine: string) => RegExp;
  /** When a machine that Vagrant had not yet given its name was begun (wall clock); undefined for all others. */
  readonly begunMs: (name: string) => number | undefined;
  /**
   * Removes the networks that were made for the lab folder called `folder`, with this computer at `address`, and that no
   * machine uses.
   */
  readonly removeNetworks: (folder: string, address: string) => Promise<void>;
  /** What the first machine's start says once it has made what all machines share; undefined where Vagrant guards that. */
  readonly sharedUntil: RegExp | undefined;
  /** Whether that is there from an earlier time; `vantage` is this computer's address in the lab network. */
  readonly isShared?: (vantage: string) => Promise<boolean>;
}

/** How long a hypervisor's own command may take. */
export const limitMs = 30_000;
/** A snapshot that goes is merged into the next one, byte by byte. */
export const diskLimitMs = 10 * 60_000;
