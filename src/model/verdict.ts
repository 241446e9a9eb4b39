/** The outcome of a check, a scenario or a whole run. `unknown`: Quintet could not find out; never counted as a pass. */
export type Outcome = 'pass' | 'fail' | 'unknown' | 'skipped';

/** One figure of a finding, with the bound it is held to when there is one. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'requests' | 'count' | 'percent';
  readonly atMost?: number;
}

/** The parts of one failover, in milliseconds; absent where the observers did not see them. */
export interface Phases {
  /** From the fault to the first sign that somebody noticed: the old holder gave the VIP up, or the new one began. */
  readonly detectionMs?: number;
  /** From there until another load balancer holds the VIP. */
  readonly electionMs?: number;
  /** From there until the vantage has heard of it (gratuitous ARP). */
  readonly arpMs?: number;
  /** From there until the first good answer. */
  readonly firstAnswerMs?: number;
}

/** How the outages of a scenario's repetitions are distributed, in milliseconds. */
export interface Distribution {
  readonly runs: number;
  readonly minMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** What the scenario allows. */
  readonly boundMs?: number;
  /** The median of each part over the runs in which it was seen. */
  readonly phases: Phases;
}

/** What repetitions of a scenario prove: at this confidence, at least such a share of all that are like them would hold. */
export interface Certainty {
  readonly held: number;
  /** How many came to a pass or a fail. */
  readonly known: number;
  /** How many could not be told; they count neither way. */
  readonly unknown: number;
  readonly atLeastPercent: number;
  readonly confidencePercent: number;
}

/** What one check or scenario found. `detail` is one line for people; `evidence` what it rests on, line by line. */
export interface Finding {
  readonly kind: 'check' | 'scenario';
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly evidence?: readonly string[];
  readonly measures?: readonly Measure[];
  /** Of a scenario's outages, over its repetitions. */
  readonly distribution?: Distribution;
  /** Of a scenario that was played several times. */
  readonly certainty?: Certainty;
  /** The machine or role that the site can't do without, where a scenario proved it. */
  readonly singlePointOfFailure?: string;
  /** How long it took, in milliseconds. */
  readonly durationMs?: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}
