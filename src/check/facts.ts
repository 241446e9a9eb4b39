import type { BackupState } from '../roles/backup-state.js';
import type { MemberLook } from '../roles/replica.js';

/** What is gathered from a lab at rest and then judged: plain data, as it was seen. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** One attempt to open a TCP connection. */
export interface Attempt extends Target {
  /** A machine's name or the vantage's. */
  readonly from: string;
  /** `open`, `refused`, `timeout`, or the name of another error. */
  readonly answer: string;
}

/** A source that could not be asked. */
export interface Silence {
  readonly machine: string;
  readonly reason: string;
}

export interface ConnectionFacts {
  readonly attempts: readonly Attempt[];
  /** Addresses and ports that a program listens on, as the machines tell themselves. */
  readonly listening: readonly Target[];
  readonly silent: readonly Silence[];
}

export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** One TLS handshake that offers a single version. */
export interface Handshake {
  readonly version: TlsVersion;
  readonly serverName: string;
  readonly accepted: boolean;
  /** Whether the chain leads to the lab's authority and the certificate bears the name. */
  readonly verified: boolean;
  /** Why it was not accepted or not verified: an error code. */
  readonly problem?: string;
  readonly cipher?: string;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that got no answer. */
export interface NoAnswer {
  readonly problem: string;
}

export interface SiteFacts {
  readonly handshakes: readonly Handshake[];
  readonly redirect: Answer | NoAnswer;
  readonly home: Answer | NoAnswer;
  /** What the application was asked for. */
  readonly health: Answer | NoAnswer;
  /** Left out where the application takes no writes. */
  readonly entry?: EntryFacts;
}

/** The same new entry written twice, then read back. */
export interface EntryFacts {
  readonly id: string;
  readonly written: Answer | NoAnswer;
  readonly writtenAgain: Answer | NoAnswer;
  readonly found: Answer | NoAnswer;
}

export interface HolderFacts {
  readonly holders: readonly string[];
  readonly silent: readonly Silence[];
}

/** What keepalived on a load balancer says of itself (its own dump of data and statistics). */
export interface StandbyFacts {
  readonly machine: string;
  /** Whether the machine's own interfaces bear the VIP. */
  readonly holds: boolean;
  /** `unknown` where it could not be asked, or knows no such dump. */
  readonly state: 'init' | 'backup' | 'master' | 'fault' | 'stopped' | 'unknown';
  /** Since keepalived started. */
  readonly advertsHeard: number;
  /** What can be seen of the causes, where the state is `fault`. */
  readonly why?: string;
  /** Why the state is unknown. */
  readonly silence?: string;
}

export interface Account {
  readonly user: string;
  readonly host: string;
  /** The account's own demand for TLS: empty, ANY, X509 or SPECIFIED. */
  readonly tls: string;
}

/** What one of the lab's databases says of itself. */
export interface DatabaseFacts {
  readonly machine: string;
  readonly accounts: readonly Account[];
  /** SHOW GRANTS of the application's account, a line each. */
  readonly grants: readonly string[];
  /** Server variables by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** The same of its state (`wsrep_…`); empty where it is no part of a cluster. */
  readonly status: Readonly<Record<string, string>>;
  /** How it is as one of a source and its replica; absent where it is none. */
  readonly member?: MemberLook;
}

/** Something that the monitoring server asks again and again. */
export interface WatchedTarget {
  readonly job: string;
  readonly machine: string;
  /** Where it is asked: `192.168.56.21:9113`. */
  readonly at: string;
  /** As Prometheus says: `up`, `down` or `unknown`. */
  readonly health: string;
  /** Why it is not up; empty where it is. */
  readonly problem: string;
}

/** What the monitoring server knows. */
export interface MonitoringFacts {
  readonly watcher: string;
  readonly targets: readonly WatchedTarget[];
  readonly firing: readonly { readonly name: string; readonly machine: string }[];
}

/** How the cache answered, by its own word (`hit`, `miss` or `pass`; `none` where it had no part in the answer). */
export interface CacheFacts {
  /** Of one entry, read three times in a row. */
  readonly entry: readonly string[];
  /** Of what may not be kept, each asked twice. */
  readonly uncacheable: readonly { readonly what: string; readonly how: readonly string[] }[];
  /** The status of an entry before it was written, and after that was acknowledged. */
  readonly absent: number;
  readonly present: number;
  /** What Varnish counted since it started. */
  readonly hits: number;
  readonly misses: number;
}

/** How the backups are, by both sides. */
export interface BackupFacts {
  readonly state: BackupState;
  /** How long a write took until the backup server had it; absent where it had not in time. */
  readonly reachedMs?: number;
  /** Then what the backup server says of it. */
  readonly behind: string;
  /** Whether the database knows every transaction that the last base backup holds. */
  readonly knownGtids: boolean;
  readonly accounts: readonly Account[];
  /** SHOW GRANTS of the backup's account, a line each. */
  readonly grants: readonly string[];
}
