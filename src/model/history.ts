import type { Pace } from './pace.js';
import type { Plan } from './plan.js';
import type { FaultSettings, ScheduledScenario, SitePart } from './scenario.js';
import type { Finding } from './verdict.js';

/**
 * Every event of one scenario run in order. `atMs` is milliseconds since the run began, on the monotonic clock that all
 * processes of this computer share (CLOCK_MONOTONIC), so events of all observers can be compared.
 */
export type HistoryEvent =
  | RunStarted
  | ProbeEvent
  | WriteEvent
  | ReadEvent
  | ReadBackEvent
  | ConnectionEvent
  | FaultEvent
  | HealEvent
  | WaitedEvent
  | WellEvent
  | VipEvent
  | VrrpEvent
  | ArpEvent
  | BackendEvent
  | AlertEvent
  | DatabaseEvent
  | StallEvent
  | NoteEvent
  | RunEnded;

export interface RunStarted {
  readonly type: 'run-started';
  readonly atMs: 0;
  readonly scenario: ScheduledScenario;
  /** Which of the scenario's repetitions it is, from 1. */
  readonly repetition: number;
  /** Which try of that repetition it is, from 1: a run that found nothing out is played again. */
  readonly attempt: number;
  /** How much later than its scenario says it began its faults; only of one that is repeated (src/plan/fault-offset.ts). */
  readonly faultOffsetMs?: number;
  /** Wall clock, ISO 8601, for people only. */
  readonly wallClock: string;
  /** When it began, on the monotonic clock; records of earlier versions lack it. */
  readonly monotonicMs?: number;
  readonly ratePerSecond: number;
  readonly limitMs: number;
  /** The lab's own (`plan.pace`); the usual one where it is left out. */
  readonly pace?: Pace;
  /** How many times as slowly as usual programs start, where that is more than bounds of time are stretched by. */
  readonly beyond?: Pace;
}

/** The machines that an answer came through, by the headers that they gave it. */
export interface Via {
  /** As the web server saw it (X-Load-Balancer). */
  readonly loadBalancer?: string;
  /** X-Web-Machine. */
  readonly web?: string;
  /** X-App-Machine: of dynamic answers alone. */
  readonly app?: string;
  /** X-Database-Machine: of dynamic answers alone. */
  readonly database?: string;
}

/** One probe. `atMs` is when it was *due*; latency counts from there (no coordinated omission). */
export interface ProbeEvent {
  readonly type: 'probe';
  readonly atMs: number;
  readonly id: number;
  readonly part: SitePart;
  /** Path of the request, as the site's contract has it (`plan.site`). */
  readonly path: string;
  /** How late it was sent after it was due, in milliseconds: the prober measures itself. */
  readonly latenessMs: number;
  /** From due to the whole answer, in milliseconds. */
  readonly latencyMs: number;
  /** `ok`: answered with the right content; `wrong`: answered otherwise; `error`: connection failed; `timeout`: given up. */
  readonly result: 'ok' | 'wrong' | 'error' | 'timeout';
  readonly status?: number;
  /** Who had a part in the answer, as far as it says: absent where there was none. */
  readonly via?: Via;
  /** The error code or what was wrong with the content. */
  readonly detail?: string;
}

/** One write of an entry with an id of its own. */
export interface WriteEvent {
  readonly type: 'write';
  /** When it was due. */
  readonly atMs: number;
  /** The entry's id, unique over all runs. */
  readonly id: string;
  readonly latenessMs: number;
  readonly latencyMs: number;
  /** `acknowledged`: it must be there; `failed`: it was refused or never sent; `unknown`: it may be there or not. */
  readonly result: 'acknowledged' | 'failed' | 'unknown';
  readonly status?: number;
  readonly detail?: string;
}

/** One read of an entry whose write had been acknowledged before the read began. */
export interface ReadEvent {
  readonly type: 'read';
  /** When it began. */
  readonly atMs: number;
  readonly id: string;
  /** When the acknowledgement of its write was there. */
  readonly ackedAtMs: number;
  readonly latencyMs: number;
  /** `missing`: the application said that there is no such entry; `unknown`: there was no answer that tells. */
  readonly result: 'seen' | 'missing' | 'unknown';
  readonly status?: number;
  readonly detail?: string;
}

/** At the end of a run: which of its entries the site gives back. `problem` stands where it could not be found out. */
export interface ReadBackEvent {
  readonly type: 'read-back';
  readonly atMs: number;
  readonly ids: readonly string[];
  readonly problem?: string;
  /** The same of each of several databases, asked by itself. */
  readonly nodes?: readonly NodeReadBack[];
}

export interface NodeReadBack {
  readonly machine: string;
  readonly ids: readonly string[];
  readonly problem?: string;
}

/** What became of a connection that is kept open and used all the time. */
export interface ConnectionEvent {
  readonly type: 'connection';
  readonly atMs: number;
  /** Which of the kept connections, from 1; it is opened again after a break. */
  readonly id: number;
  readonly what: 'opened' | 'broke' | 'refused' | 'closed';
  /** How long it had been open and how many answers it had carried, for `broke` and `closed`. */
  readonly ageMs?: number;
  readonly answers?: number;
  readonly detail?: string;
}

export interface FaultEvent extends FaultSettings {
  readonly type: 'fault';
  /** When it began to be made. */
  readonly atMs: number;
  readonly machine: string;
  /** How long the provider took to make it, in milliseconds. */
  readonly tookMs: number;
  /** What the machine answered to it, where that is what counts: a broken configuration, or a switch, is `refused` or `accepted`. */
  readonly answer?: 'refused' | 'accepted';
  /** Why it was refused, in its own words. */
  readonly why?: string;
}

export interface HealEvent extends FaultSettings {
  readonly type: 'heal';
  readonly atMs: number;
  readonly machine: string;
  readonly tookMs: number;
  /** What was brought back from the backups, where that is what undid it. */
  readonly restored?: Restored;
}

/** What came back from the backups, and how. */
export interface Restored {
  /** The statement that was left out, with its time and the name of its transaction; or the time up to which all is as it was. */
  readonly without?: Mistake;
  readonly until?: string;
  /** In order. */
  readonly steps: readonly { readonly what: string; readonly tookMs: number }[];
  /** How many rows each table has in the restored state. */
  readonly rows: Readonly<Record<string, number>>;
}

export interface Mistake {
  readonly transaction: string;
  readonly time: string;
  readonly statement: string;
}

/** What a step waited for before it went on. */
export interface WaitedEvent {
  readonly type: 'waited';
  /** When it began to wait. */
  readonly atMs: number;
  readonly tookMs: number;
  /** In words: `lb2 alone holds the VIP`. */
  readonly for: string;
  /** What was still missing when it gave up; absent where it came true. */
  readonly missing?: string;
}

/** After the healing: every service runs again, one load balancer holds the VIP, the others stand by and the site answers. */
export interface WellEvent {
  readonly type: 'well';
  readonly atMs: number;
}

/** Who holds the VIP, as the machines' own interfaces tell: none, one, or (split brain) several. */
export interface VipEvent {
  readonly type: 'vip';
  readonly atMs: number;
  readonly holders: readonly string[];
}

/** What keepalived says of its own state on a load balancer; `stopped` when it does not run. */
export interface VrrpEvent {
  readonly type: 'vrrp';
  readonly atMs: number;
  readonly machine: string;
  readonly state: 'master' | 'backup' | 'fault' | 'stopped';
}

/** The vantage learned (by gratuitous ARP) which machine's hardware address the VIP has now. */
export interface ArpEvent {
  readonly type: 'arp';
  readonly atMs: number;
  /** The machine, or the hardware address where it is no load balancer's. */
  readonly machine: string;
}

/** HAProxy's view of one of its servers changed. */
export interface BackendEvent {
  readonly type: 'backend';
  readonly atMs: number;
  /** The load balancer that says so. */
  readonly machine: string;
  readonly server: string;
  readonly up: boolean;
}

/** What whoever is on call was told, in a lab with a monitoring server: that an alert fires, or that it is over. */
export interface AlertEvent {
  readonly type: 'alert';
  readonly atMs: number;
  readonly name: string;
  /** The machine it names; `site` for what visitors get. */
  readonly machine: string;
  readonly firing: boolean;
  /** What more it says of where: a unit of that machine, for one. */
  readonly about?: string;
}

/**
 * What one of a source and its replica is: a source whose writes the other one confirms (`protected`), waits for that (`waiting`) or has
 * gone on without (`unprotected`); a replica that is `in-step`, some seconds `behind` or `parted` from its source; or one that takes no
 * writes and follows nobody.
 */
export const databaseStates = [
  ...(['protected', 'waiting', 'unprotected'] as const),
  ...(['in-step', 'behind', 'parted'] as const),
  ...(['read-only', 'off'] as const),
] as const;
export type DatabaseState = (typeof databaseStates)[number];

export interface DatabaseEvent {
  readonly type: 'database';
  readonly atMs: number;
  readonly machine: string;
  readonly state: DatabaseState;
  readonly behindS?: number;
}

/** What kept programs waiting: another program's turn, memory, a disk, a hypervisor's other guests; or how it was noticed. */
export const stallCauses = ['cpu', 'memory', 'io', 'steal', 'start', 'late'] as const;

/**
 * This computer's own doing: for `lostMs` of the `forMs` from `atMs` on, programs were ready and could not go on. `cpu`,
 * `memory` and `io` are the pressure that the kernel reckons for whom it was, `steal` what the hypervisor took, `start` and
 * `late` what a start of a tiny program and a beat of a metronome there took too long.
 */
export interface StallEvent {
  readonly type: 'stall';
  readonly atMs: number;
  readonly forMs: number;
  /** A machine, or the vantage. */
  readonly where: string;
  readonly by: (typeof stallCauses)[number];
  readonly lostMs: number;
}

export interface NoteEvent {
  readonly type: 'note';
  readonly atMs: number;
  readonly text: string;
  /** What could not be listened to for a while, so that its silence says nothing. */
  readonly deafTo?: 'alerts';
}

export interface RunEnded {
  readonly type: 'run-ended';
  readonly atMs: number;
}

export type History = readonly HistoryEvent[];

/** Where and with what a verification was made; for people who want to do it again. */
export interface Environment {
  readonly quintet: string;
  readonly node: string;
  readonly system: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** Of its machines; the usual one where it is left out. */
  readonly pace?: Pace;
  /** Programs by machine, e.g. {lb1: {haproxy: '3.0.11', keepalived: '2.3.3'}}. */
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface VerificationStarted {
  readonly type: 'verification-started';
  /** Raised when a reader of an older version could misunderstand. */
  readonly version: 1;
  readonly plan: Plan;
  /** Wall clock, ISO 8601. */
  readonly wallClock: string;
  /** The same on the monotonic clock; records of earlier versions lack it. */
  readonly monotonicMs?: number;
  readonly environment: Environment;
  /** The command that does it again. */
  readonly command: string;
  /** Of a random campaign. */
  readonly seed?: string;
}

/** A check's finding, or a scenario's that could not be played (skipped, or broken off). */
export interface FoundEvent {
  readonly type: 'found';
  readonly finding: Finding;
}

export interface VerificationEnded {
  readonly type: 'verification-ended';
  readonly durationMs: number;
}

/**
 * Everything of one verification in order, as history.jsonl keeps it: the start, what the checks found, then run after
 * run (each from run-started to run-ended, `atMs` counting from its own start), then the end. Every report follows from
 * this alone. A record that was cut off is still read: what is missing is unknown.
 */
export type RecordEvent = VerificationStarted | FoundEvent | HistoryEvent | VerificationEnded;
export type VerificationRecord = readonly RecordEvent[];
