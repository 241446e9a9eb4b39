/** What a machine does; a machine can have several. Which there are is known to src/roles. */
export type Role = string;

/** What runs machines. */
export const providerNames = ['virtualbox', 'libvirt', 'container'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Operating systems whose packages the provisioners know. */
export const systems = ['debian-12', 'debian-13', 'ubuntu-22.04', 'ubuntu-24.04'] as const;
export type System = (typeof systems)[number];

export interface LabMachine {
  readonly roles: readonly Role[];
  readonly address?: string | undefined;
  readonly memoryMb?: number | undefined;
  readonly cores: number;
}

/** Where each part listens, by the names that the roles give. */
export interface Ports {
  readonly [port: string]: number;
  readonly http: number;
  readonly https: number;
  readonly stats: number;
  readonly web: number;
  readonly app: number;
  readonly database: number;
}

/** `lab.yaml`: the user's choices, the only source of everything that follows. `labSchema` (src/roles) makes it from text. */
/** What `additional` is where two application servers take turns. */
export const blueGreen = 'blue-green';

/** What `app.runtime` is for an application of one's own. */
export const ownRuntime = 'own';

export interface Lab {
  readonly name: string;
  readonly title: string;
  readonly provider: ProviderName;
  readonly system: System;
  readonly box: {
    readonly name?: string | undefined;
    readonly url?: string | undefined;
    readonly sha256?: string | undefined;
  };
  readonly network: { readonly subnet: string; readonly vip?: string | undefined; readonly domain: string };
  /** What the fifth machine is for where `machines` was left out: a role, or `blueGreen`. */
  readonly additional: string;
  readonly machines: Readonly<Record<string, LabMachine>>;
  readonly ports: Ports;
  readonly vrrp: {
    readonly timing: 'classic' | 'balanced' | 'fast';
    readonly advertMs?: number | undefined;
    readonly routerId: number;
    readonly preempt: boolean;
    readonly preemptDelayS: number;
  };
  readonly app: {
    readonly runtime: string;
    /** The rest is for an application of one's own (`ownRuntime`). Where it lies, relative to the lab folder. */
    readonly source?: string | undefined;
    /** Shell text, run once in its folder, inside the machine. */
    readonly build?: string | undefined;
    /** Shell text that starts it, in its folder. */
    readonly command?: string | undefined;
    /** The path that is asked whether it is well. */
    readonly health?: string | undefined;
    /** How an entry is written and read back; `ID` stands for its id. Left out where it takes no writes. */
    readonly writes?: { readonly put: string; readonly get: string } | undefined;
    readonly packages?: readonly string[] | undefined;
  };
  readonly database: {
    readonly topology?: string | undefined;
    readonly engine?: string | undefined;
    readonly timing?: string | undefined;
    readonly flush: 'commit' | 'second';
    readonly schema: string;
    readonly user: string;
  };
  /** How the backup server keeps what the database holds, in labs that have one. */
  readonly backup: PlannedBackup;
  readonly verify: {
    readonly ratePerSecond: number;
    readonly limitMs: number;
    readonly timeoutMs: number;
    readonly writesPerSecond: number;
    readonly keptConnections: number;
  };
}

/** How often, how long and how closely backups are kept. */
export interface PlannedBackup {
  readonly everyHours: number;
  /** Base backups. */
  readonly keep: number;
  /** Binary logs. */
  readonly logDays: number;
  readonly lagSeconds: number;
}

type Choices<Whole> = Whole extends readonly (infer Item)[]
  ? readonly Item[]
  : Whole extends object
    ? { readonly [Key in keyof Whole]?: Choices<Whole[Key]> | undefined }
    : Whole;

/** A lab as it may be written: everything may be left out. */
export type LabChoices = Choices<Lab>;
