import type { HistoryEvent, RecordEvent } from './history.js';
import type { Finding } from './verdict.js';

/** What the drive does to a machine, in the order of its life. */
export type Step = 'create' | 'start' | 'provision' | 'save' | 'restore' | 'stop' | 'destroy';

/** Which of all scenarios it is, from 1, and about how long it and those after it take. */
export interface PlaceInAll {
  readonly number: number;
  readonly count: number;
  readonly leftMs: number;
}

/** Of each member of a union. */
export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What can happen in a run and out of it. `atMs` counts from the beginning of a run, so outside of any there is none. */
export type Happening = DistributiveOmit<Exclude<HistoryEvent, { type: 'run-started' | 'run-ended' }>, 'atMs'>;

/** Work on a machine; `machine` is absent where the whole lab is meant (building the base, making the network). */
export type StepEvent =
  | { readonly type: 'step-started'; readonly machine?: string; readonly step: string }
  | { readonly type: 'output'; readonly machine?: string; readonly line: string }
  | { readonly type: 'step-done'; readonly machine?: string; readonly step: string; readonly tookMs: number }
  | { readonly type: 'step-failed'; readonly machine?: string; readonly step: string; readonly error: Error };

/** A scenario, all its runs together; what happens in a run is a HistoryEvent. */
export type ScenarioEvent =
  | { readonly type: 'scenario-started'; readonly id: string; readonly title: string; readonly place?: PlaceInAll }
  /** How many of its runs came to what so far, of how many; and about how long the others take. */
  | {
      readonly type: 'run-judged';
      readonly id: string;
      readonly title: string;
      readonly held: number;
      readonly failed: number;
      readonly unknown: number;
      readonly wanted: number;
      readonly leftMs: number;
    }
  /** What all its runs, or what kept it from being played, come to. */
  | { readonly type: 'scenario-ended'; readonly finding: Finding; readonly tookMs: number };

/** When an event happened, and where: every reader of the stream gets that. */
export interface Stamp {
  /** ISO 8601, for people. */
  readonly wallClock: string;
  /** Milliseconds on CLOCK_MONOTONIC, which all processes of this computer share, those in containers as well. */
  readonly monotonicMs: number;
  /** The verb in which it happened: `up`, `verify`, `fault`; `quintet` in the main job. */
  readonly origin: string;
}

/**
 * Everything that happens while Quintet works, in `up` and `verify` as well as by `fault` and `heal`: one stream. Progress,
 * the machines' logs, records and pages fold it: each takes what it needs and leaves the rest. Whoever knows better than the
 * stream when something happened says so; all else is stamped by it (`openStream`).
 */
export type LabEvent = (StepEvent | ScenarioEvent | Happening | DistributiveOmit<RecordEvent, keyof Stamp>) &
  Partial<Stamp>;

export type StampedEvent = LabEvent & Stamp;

export type Emit = (event: LabEvent) => void;
export type Hear = (event: StampedEvent) => void;
