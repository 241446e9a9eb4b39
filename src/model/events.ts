import type { Finding } from './verdict.js';

/** What the drive does to a machine, in the order of its life. */
export type Step = 'create' | 'start' | 'provision' | 'save' | 'restore' | 'stop' | 'destroy';

/** Which of all scenarios it is, from 1, and about how long it and those after it take. */
export interface PlaceInAll {
  readonly number: number;
  readonly count: number;
  readonly leftMs: number;
}

/**
 * One typed stream of everything that happens while Quintet works; progress, logs and pages fold the same events.
 * `machine` is absent where the whole lab is meant (building the base, making the network).
 */
export type WorkEvent =
  | { readonly type: 'step-started'; readonly machine?: string; readonly step: string }
  | { readonly type: 'output'; readonly machine?: string; readonly line: string }
  | { readonly type: 'step-done'; readonly machine?: string; readonly step: string; readonly tookMs: number }
  | { readonly type: 'step-failed'; readonly machine?: string; readonly step: string; readonly error: Error }
  /** Its end is told by its finding. */
  | { readonly type: 'scenario-started'; readonly id: string; readonly title: string; readonly place?: PlaceInAll }
  /** How many of a scenario's runs came to what so far, of how many; and about how long the others take. */
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
  | { readonly type: 'finding'; readonly finding: Finding; readonly tookMs?: number }
  | { readonly type: 'note'; readonly text: string };

export type Emit = (event: WorkEvent) => void;
