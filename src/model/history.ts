/**
 * Every event of one scenario run in order. `atMs` is milliseconds since the run began, on the monotonic clock that all
 * processes of this computer share (CLOCK_MONOTONIC), so events of the prober and of the runner can be compared.
 */
export type HistoryEvent =
  | RunStarted
  | ProbeEvent
  | FaultEvent
  | HealEvent
  | WellEvent
  | VipEvent
  | NoteEvent
  | RunEnded;

export interface RunStarted {
  readonly type: 'run-started';
  readonly atMs: 0;
  readonly scenario: string;
  /** Wall clock, ISO 8601, for people only. */
  readonly wallClock: string;
  readonly ratePerSecond: number;
  readonly limitMs: number;
}

/** One probe. `atMs` is when it was *due*; latency counts from there (no coordinated omission). */
export interface ProbeEvent {
  readonly type: 'probe';
  readonly atMs: number;
  readonly id: number;
  /** Path of the request, e.g. `/` or `/api/health`. */
  readonly path: string;
  /** How late it was sent after it was due, in milliseconds: the prober measures itself. */
  readonly latenessMs: number;
  /** From due to the whole answer, in milliseconds. */
  readonly latencyMs: number;
  /** `ok`: answered with the right content; `wrong`: answered otherwise; `error`: connection failed; `timeout`: given up. */
  readonly result: 'ok' | 'wrong' | 'error' | 'timeout';
  readonly status?: number;
  /** The load balancer that carried it, as the web server saw it (header X-Load-Balancer). */
  readonly loadBalancer?: string;
  /** The error code or what was wrong with the content. */
  readonly detail?: string;
}

export interface FaultEvent {
  readonly type: 'fault';
  readonly atMs: number;
  readonly machine: string;
  readonly fault: string;
  /** How long the provider took to make it, in milliseconds. */
  readonly tookMs: number;
}

export interface HealEvent {
  readonly type: 'heal';
  readonly atMs: number;
  readonly machine: string;
  readonly fault: string;
  readonly tookMs: number;
}

/** After the healing: every service runs again, one load balancer holds the VIP and the site answers. */
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

export interface NoteEvent {
  readonly type: 'note';
  readonly atMs: number;
  readonly text: string;
}

export interface RunEnded {
  readonly type: 'run-ended';
  readonly atMs: number;
}

export type History = readonly HistoryEvent[];
