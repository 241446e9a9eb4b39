import type * as zod from 'zod';
import type { Lab, Role, System } from './lab.js';
import type { anyone, Plan, PlannedDatabase, PlannedMachine, vantageName } from './plan.js';
import type { FaultSettings, Service } from './scenario.js';
import type { Secret } from './secret.js';

/** What settings are made of. Given zod as a whole, every command would read and compile all of it. */
export type SettingsZod = Pick<typeof zod, 'array' | 'boolean' | 'enum' | 'int' | 'strictObject' | 'string'>;

/** The choices that packages depend on; every Plan has them. */
export interface PackageChoices {
  readonly system: System;
  readonly app: Pick<Lab['app'], 'runtime' | 'packages'>;
  readonly database: Pick<PlannedDatabase, 'engine'>;
}

export interface Packages {
  readonly names: readonly string[];
  /** Packages that the system's own release lacks and Debian unstable (sid) has; nothing else is taken from there. */
  readonly fromSid: readonly string[];
}

/** A port that a role listens on, named in the lab's `ports`. */
export interface RolePort {
  readonly usual: number;
  /** Where it is and for whom, for people. */
  readonly about: string;
  /** Whoever listens there has no right to a port below 1024. */
  readonly unprivileged?: true;
}

/** Machines that may open a connection to a role's, by one of its ports. */
export interface Visit {
  readonly from: Role | typeof vantageName | typeof anyone;
  readonly at?: 'vip';
  /** One of the role's own ports. */
  readonly port: string;
  /** What for, for people. */
  readonly purpose: string;
  /** Somebody listens there only now and then. */
  readonly sometimes?: true;
  /** Only in labs that are so. */
  readonly when?: (plan: Pick<Plan, 'database'>) => boolean;
}

/** Something that runs on a machine, and that faults happen to. */
export interface RoleService {
  /** The systemd unit, without its ending. */
  readonly unit: (plan: Pick<Plan, 'database'>) => string;
  /** The command that succeeds when it not only runs but serves, else says what is missing; absent where running is enough. */
  readonly ready?: (plan: Pick<Plan, 'database'>) => readonly string[] | undefined;
  /** The file that it reads again when it is told to; absent where there is none. */
  readonly configuration?: {
    readonly path: string;
    /** What a mistyped line at the end of it looks like: an error in any such file, whatever else is in it. */
    readonly typo: string;
    /** A reload that is a mere signal, which nobody answers. */
    readonly deaf?: true;
  };
}

/** What a program is called and the command that tells its version. */
export type Program = readonly [name: string, command: string];

/** A fault that chance may choose, and what visitors may notice of it as long as it is the only one. */
export interface RandomRow {
  readonly settings: FaultSettings;
  /** The longest outage, a formula; absent where the machine is a single point of failure. */
  readonly outageAtMost?: string;
}

/** Something to be done to a machine on the way to what only all of them together can be. */
export interface Act {
  readonly machine: string;
  /** For people: `starts the cluster`. */
  readonly words: string;
  /** The command to run in it; `provision`: its own provision.sh once more. */
  readonly does: readonly string[] | 'provision';
}

/** What to do next, by what all machines say of themselves. */
export type Next =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly for: string; readonly ready: readonly string[] }
  | { readonly kind: 'act'; readonly acts: readonly Act[]; readonly ready: readonly string[] }
  | { readonly kind: 'refuse'; readonly why: string; readonly hint: string };

/** What each machine said of itself; undefined where it could not be asked. */
export type Looks = ReadonlyMap<string, string | undefined>;

/** What machines can become only together, and what only somebody who sees all of them may decide. */
export interface Convergence {
  /** As a step of each of its machines. */
  readonly step: string;
  /** The machines it is about; none where there is nothing to decide. */
  readonly machines: (plan: Plan) => readonly string[];
  /** Begins as soon as these are provisioned: they need none of the others, which may still be on their way. */
  readonly early?: true;
  /** The command by which a machine says how it is. */
  readonly look: readonly string[];
  readonly next: (looks: Looks, plan: Plan) => Next;
  /** How they are together, for people, and what to do where they are not well. */
  readonly tell: (looks: Looks, plan: Plan) => string;
}

/** Where a companion is that belongs on every machine. */
export const everyMachine = 'every machine';

/**
 * What a role puts beside others, on their machines, in labs that have it: an exporter beside each database server, say. Labs
 * without the role know nothing of it.
 */
export interface Companion {
  readonly name: string;
  readonly beside: Role | typeof everyMachine;
  readonly ports: Readonly<Record<string, RolePort>>;
  readonly packages: (choices: PackageChoices) => Packages;
  readonly folders: (plan: Pick<Plan, 'app' | 'database'>) => readonly string[];
  /** The systemd units that run, without their ending; the packages start them by themselves. */
  readonly starts: readonly string[];
  readonly programs: (plan: Pick<Plan, 'app' | 'database'>) => readonly Program[];
  readonly visits: readonly Visit[];
}

/** A job for the fifth machine of a lab. */
export interface Additional {
  /** What `additional` says, and what people call it; the role's own name and words where left out. */
  readonly name?: string;
  readonly words?: string;
  /** What the machine is called; and the application server beside it, where that is not `app`. */
  readonly machine: string;
  readonly other?: string;
  /** Why one would, and what it costs. */
  readonly gives: string;
  readonly costs: string;
}

/** Everything that is known about what a machine can be for. Whoever needs to know something of roles asks here. */
export interface RoleFacts {
  readonly name: Role;
  /** What people call a machine that has it: `web server`. */
  readonly words: string;
  /** What people write for it, or for what runs there. */
  readonly synonyms: readonly string[];
  /** What is missing in a lab where no machine has it; absent where a lab can do without. */
  readonly missed?: string;
  /** Its machines do together what they do, as long as more than half of them are there; usually any one can. */
  readonly needsMajority?: true;
  /** What it runs, as people call it. */
  readonly software: (plan: Pick<Plan, 'app' | 'database'>) => string;
  /** A line drawing of 32 by 32 pixels, and its colour on light and on dark ground. */
  readonly icon: string;
  readonly colour: { readonly light: string; readonly dark: string };
  /** Where its machines' addresses start in the subnet, when there is room. */
  readonly firstOffset: number;
  /** In MiB: what its machines get, and the least that they run in. */
  readonly memoryMb: { readonly usual: number; readonly least: number };
  readonly ports: Readonly<Record<string, RolePort>>;
  /** The sections of `lab.yaml` that are about it; made when a lab is read, so that nobody else need load zod. */
  readonly settings?: (z: SettingsZod) => Readonly<Record<string, zod.ZodObject>>;
  readonly packages: (choices: PackageChoices) => Packages;
  /** The folders of templates it is made of: shared parts first, then the variant that the plan chose. */
  readonly folders: (plan: Pick<Plan, 'app' | 'database' | 'machines'>) => readonly string[];
  /** What it runs, by the names that faults and conditions use. */
  readonly services: Readonly<Record<Service, RoleService>>;
  readonly programs: (plan: Pick<Plan, 'app' | 'database'>) => readonly Program[];
  /** Who may come to it. Nobody else does. */
  readonly visits: readonly Visit[];
  /** What its machines must have and the lab's files may not say. */
  readonly secrets: (plan: Plan, machine: PlannedMachine) => readonly Secret[];
  readonly randomRows: readonly RandomRow[];
  /** What its machines must still become together when each is provisioned. */
  readonly convergences?: readonly Convergence[];
  /** Units that its packages start by themselves, without their ending, beyond those that every base knows of. */
  readonly starts?: readonly string[];
  readonly companions?: readonly Companion[];
  /** Of a role that the fifth machine of a lab can have, when nobody says otherwise: what that machine is called, and why one would. */
  readonly additional?: Additional;
}
