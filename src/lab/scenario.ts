import type { Lab } from '../model/lab.js';
import type { Problem } from '../model/problem.js';
import { type Scenario, scenarioSchema } from '../model/scenario.js';
import { timersOf } from '../plan/formula.js';
import { planOf } from '../plan/plan.js';
import { labSchema } from '../roles/lab-schema.js';
import { checkText } from './check-text.js';
import { conditionRules } from './scenario/conditions.js';
import { earlierForm } from './scenario/earlier-form.js';
import { expectationRules } from './scenario/expectations.js';
import { formulaRules } from './scenario/formulas.js';
import { idRules } from './scenario/id.js';
import { optionRules } from './scenario/options.js';
import type { ScenarioRule } from './scenario/scenario-rule.js';
import { scheduleRules } from './scenario/schedule.js';
import { targetRules } from './scenario/targets.js';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Everything a scenario must be beyond its schema; the order is of no importance. */
export const scenarioRules: readonly ScenarioRule[] = [
  ...idRules,
  ...targetRules,
  ...optionRules,
  ...formulaRules,
  ...scheduleRules,
  ...conditionRules,
  ...expectationRules,
];

/** Those that hold for any lab. */
const rulesOfAnyLab: readonly ScenarioRule[] = [...idRules, ...optionRules, ...formulaRules, ...expectationRules];

/**
 * A scenario from the text of its file, or everything that is wrong with it. It is held against the lab it is for; left
 * out, against the default lab. Of one for a lab that can't be read it is only known what is wrong with it for any.
 */
export const parseScenario = (text: string, file: string, its: Lab | 'unreadable' = defaultLab()): ParsedScenario => {
  const lab = its === 'unreadable' ? defaultLab() : its;
  const timers = timersOf(planOf(lab));
  const fileId = (file.split(/[\\/]/).at(-1) ?? '').replace(/\.ya?ml$/, '');
  const kind = {
    schema: scenarioSchema,
    subject: (scenario: Scenario) => ({ scenario, fileId, lab, timers }),
    rules: its === 'unreadable' ? rulesOfAnyLab : scenarioRules,
    // Every key of it would be a mistake of its own.
    foreign: earlierForm,
  };
  const checked = checkText(kind, text, file);
  return checked.ok ? { ok: true, scenario: checked.data, warnings: checked.warnings } : checked;
};

const defaultLab = (): Lab => labSchema.parse({});
