import type { Lab, ProviderName, Role, System } from './lab.js';
import type { Pace } from './pace.js';
import type { SiteContract } from './site.js';

/** Where probes are sent from: this computer's side of the lab network, outside the machines. */
export const vantageName = 'vantage';
/** Any address at all: the site's own ports are public. */
export const anyone = 'anyone';

export interface PlannedMachine {
  readonly name: string;
  readonly roles: readonly Role[];
  /** What other roles of the lab put beside its own (src/roles); absent where that is nothing. */
  readonly companions?: readonly string[];
  readonly address: string;
  readonly memoryMb: number;
  readonly cores: number;
  /** One of two application servers (blue and green) of which one alone is sent requests. */
  readonly takesTurns?: true;
}

/** One row of the connection matrix: who may open a connection to what. All that is not listed is refused. */
export interface Connection {
  /** A machine's name, `vantageName` or `anyone`. */
  readonly from: string;
  /** A machine's name. */
  readonly to: string;
  /** The destination address: the machine's own or the VIP. */
  readonly address: string;
  readonly protocol: 'tcp' | 'vrrp';
  /** TCP port; absent for VRRP, which is an IP protocol of its own (112). */
  readonly port?: number;
  /** Why it is there, for people: `the site`, `health check and traffic`. */
  readonly purpose: string;
  /** Somebody listens there only now and then: that nobody does says nothing. */
  readonly sometimes?: true;
}

/** One load balancer's part in the VRRP instance; durations in milliseconds (RFC 9568 section 6.1). */
export interface VrrpRouter {
  readonly machine: string;
  readonly priority: number;
  /** Skew_Time = (256 − priority) × advert / 256. */
  readonly skewMs: number;
  /** Master_Down_Interval = 3 × advert + Skew_Time. */
  readonly masterDownMs: number;
}

export interface Vrrp {
  readonly routerId: number;
  readonly advertMs: number;
  readonly preempt: boolean;
  readonly preemptDelayS: number;
  /** In order of priority, highest first. */
  readonly routers: readonly VrrpRouter[];
  /** The longest wait for a silent master: the largest Master_Down_Interval of a router that may be the backup. */
  readonly masterDownMs: number;
  /** The longest wait after a priority-0 advert: the largest Skew_Time of a router that may be the backup. */
  readonly skewMs: number;
  readonly haproxyCheck: HaproxyCheck;
}

/** How keepalived asks whether HAProxy still answers; durations in milliseconds. */
export interface HaproxyCheck {
  readonly intervalMs: number;
  /** How long HAProxy may take to answer. */
  readonly timeoutMs: number;
  /** After how many bad answers in a row it counts as down. */
  readonly fall: number;
  /** The longest until a HAProxy that hangs counts as down. */
  readonly downMs: number;
}

/** How soon the machines of a database cluster go on without one that fell silent; durations in milliseconds. */
export interface ClusterTimers {
  /** A node says at least so often that it is there. */
  readonly keepaliveMs: number;
  /** How often it looks whether others have been silent for too long. */
  readonly checkMs: number;
  /** After so much silence a node is suspected: it goes when all others suspect it too. */
  readonly suspectMs: number;
  /** After so much it goes whatever others say. */
  readonly inactiveMs: number;
  /** How long they may take to agree who is left. */
  readonly installMs: number;
  /** How often they ask again meanwhile. */
  readonly retransMs: number;
  /** The longest until those that are left go on. */
  readonly downMs: number;
}

/** How a source and its replica keep in step; durations in milliseconds. */
export interface ReplicaTimers {
  /** So long a write waits for the replica's word that it has it; then it is acknowledged without (semi-synchronous). */
  readonly semiSyncMs: number;
  /** How often each looks at the other, and whoever they serve at both. */
  readonly lookMs: number;
}

/** The database: on how many machines, and what keeps them in step. */
export interface PlannedDatabase {
  /** `single`; `replica`: one takes writes, the other has them too; or `cluster`: every node takes writes, and a majority goes on. */
  readonly topology: string;
  readonly engine: string;
  /** When a write is on the disk: before it is acknowledged, or about once a second. */
  readonly flush: 'commit' | 'second';
  readonly schema: string;
  readonly user: string;
  /** Of a cluster alone. */
  readonly cluster?: ClusterTimers;
  /** Of a source with a replica alone. */
  readonly replica?: ReplicaTimers;
}

export interface PlannedNetwork {
  readonly subnet: string;
  readonly prefixLength: number;
  readonly netmask: string;
  readonly vip: string;
  /** This computer's address in the lab network: the first of the subnet. */
  readonly vantage: string;
  /** The site's host name, `www.` and the domain. */
  readonly siteName: string;
  readonly domain: string;
  /** Every name and address by which the site may be asked for; for any other it is not there. */
  readonly siteNames: readonly string[];
}

export interface DatabaseRights {
  /** The one table they are for; all of the schema where there is none. */
  readonly table?: string;
  /** In the order of the alphabet. */
  readonly privileges: readonly string[];
}

/** Everything that follows from a lab: decided once, here, and only read by everyone else. */
export interface Plan {
  readonly name: string;
  readonly title: string;
  readonly provider: ProviderName;
  readonly system: System;
  readonly box: Lab['box'];
  readonly network: PlannedNetwork;
  readonly machines: readonly PlannedMachine[];
  readonly connections: readonly Connection[];
  readonly vrrp: Vrrp;
  /** What its programs' time-outs and the scenarios' amounts allow for: the usual one, but for slow machines. */
  readonly pace: Pace;
  readonly ports: Lab['ports'];
  readonly app: Lab['app'];
  /** What the application promises to whoever asks its site. */
  readonly site: SiteContract;
  readonly database: PlannedDatabase;
  /** What the application's account may do in the database. */
  readonly rights: DatabaseRights;
  /** Only in labs with a backup server. */
  readonly backup?: Lab['backup'];
  readonly verify: Lab['verify'];
}
