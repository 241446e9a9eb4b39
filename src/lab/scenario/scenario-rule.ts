import type { Lab } from '../../model/lab.js';
import type { Scenario } from '../../model/scenario.js';
import type { Timers } from '../../plan/formula.js';
import type { Rule } from '../check-text.js';

export interface ScenarioSubject {
  readonly scenario: Scenario;
  /** The file's name without folder and ending. */
  readonly fileId: string;
  /** The lab it is for; the default lab when none is known yet. */
  readonly lab: Lab;
  readonly timers: Timers;
}

export type ScenarioRule = Rule<ScenarioSubject>;
