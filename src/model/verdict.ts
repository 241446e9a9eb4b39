/** The outcome of a check, a scenario or a whole run. `unknown`: Quintet could not find out; never counted as a pass. */
export type Outcome = 'pass' | 'fail' | 'unknown' | 'skipped';

/** One figure of a finding, with the bound it is held to when there is one. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'requests' | 'count' | 'percent';
  readonly atMost?: number;
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
  /** How long it took, in milliseconds. */
  readonly durationMs?: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}
