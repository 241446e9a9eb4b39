import type { Path, Remark } from '../../model/problem.js';
import type { Scenario } from '../../model/scenario.js';
import { evaluate, FormulaError, type Timers } from '../../plan/formula.js';
import type { ScenarioRule } from './scenario-rule.js';

/** Milliseconds of a formula, or undefined where it is none (which `formulaRules` say) or was left out. */
export const msOf = (formula: string | undefined, timers: Timers): number | undefined =>
  formula === undefined || complaint(formula, timers) ? undefined : evaluate(formula, timers);

const complaint = (formula: string, timers: Timers): Omit<Remark, 'path'> | undefined => {
  try {
    evaluate(formula, timers);
    return undefined;
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const { message, suggestion, from, length } = error;
    return { message, suggestion, part: { from, length }, hint: 'a formula is such as masterDown + 150 ms.' };
  }
};

type Written = readonly [path: Path, formula: string | undefined];

const headFormulas = ({ before, after }: Scenario): readonly Written[] => [
  [['before'], before],
  [['after'], after],
];

const faultFormulas = ({ faults }: Scenario): readonly Written[] =>
  faults.flatMap(({ at, for: lasts }, index): Written[] => [
    [['faults', index, 'at'], at],
    [['faults', index, 'for'], lasts],
  ]);

const siteKeys = ['outageAtMost', 'backWithin'] as const;
const vipKeys = ['notOneAtMost', 'oneWithin'] as const;

const expectFormulas = (scenario: Scenario): readonly Written[] =>
  (['expect', 'alone'] as const).flatMap((section) => [
    ...(['site', 'static', 'dynamic'] as const).flatMap((part) =>
      siteKeys.map((key): Written => [[section, part, key], scenario[section]?.[part]?.[key]]),
    ),
    ...vipKeys.map((key): Written => [[section, 'vip', key], scenario[section]?.vip?.[key]]),
  ]);

const hold = (
  reads: readonly string[],
  each: string,
  written: (scenario: Scenario) => readonly Written[],
): ScenarioRule => ({
  reads,
  each,
  check: ({ scenario, timers }) =>
    written(scenario).flatMap(([path, formula]): Remark[] => {
      const wrong = formula === undefined ? undefined : complaint(formula, timers);
      return wrong ? [{ path, ...wrong }] : [];
    }),
});

export const formulaRules: readonly ScenarioRule[] = [
  hold(['before', 'after'], '*', headFormulas),
  hold(['faults'], 'faults.*', faultFormulas),
  hold(['expect', 'alone'], '*.*', expectFormulas),
];
