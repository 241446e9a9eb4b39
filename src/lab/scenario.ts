import { type Lab, labSchema, type Role, roles } from '../model/lab.js';
import type { Problem, Remark } from '../model/problem.js';
import { type Scenario, scenarioSchema, vipHolder, vipStandby } from '../model/scenario.js';
import { evaluate, FormulaError, type Timers, timersOf } from '../plan/expectation.js';
import { planOf } from '../plan/plan.js';
import { checkText, type Rule } from './check-text.js';
import { didYouMean } from './did-you-mean.js';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface Subject {
  readonly scenario: Scenario;
  /** The file's name without folder and ending. */
  readonly fileId: string;
  /** The lab it is for; the default lab when none is known yet. */
  readonly lab: Lab;
  readonly timers: Timers;
}

type ScenarioRule = Rule<Subject>;

const idIsFileName: ScenarioRule = {
  reads: ['id'],
  check: ({ scenario, fileId }) =>
    scenario.id === fileId
      ? []
      : [{ path: ['id'], message: `the id must be the name of the file, ${fileId}`, suggestion: fileId }],
};

const targetIsThere: ScenarioRule = {
  reads: ['target'],
  check: ({ scenario: { target }, lab }) => {
    const known = [vipHolder, vipStandby, ...Object.keys(lab.machines), ...roles];
    if (known.includes(target)) return [];
    return [
      {
        path: ['target'],
        message: `there is no ${target} to do it to`,
        suggestion: didYouMean(target, known),
        hint: `a target is ${vipHolder}, ${vipStandby}, a machine (${Object.keys(lab.machines).join(', ')}) or a role.`,
      },
    ];
  },
};

const processGoesWithKill: ScenarioRule = {
  reads: ['fault', 'process'],
  check: ({ scenario: { fault, process } }): readonly Remark[] => {
    if (fault === 'process-killed' && process === undefined) {
      return [{ path: ['fault'], message: 'which process is killed?', hint: 'add a line such as process: haproxy.' }];
    }
    return fault !== 'process-killed' && process !== undefined
      ? [{ path: ['process'], at: 'key', message: `${fault} takes no process`, hint: 'remove the line.' }]
      : [];
  },
};

const runsOn: Readonly<Record<NonNullable<Scenario['process']>, Role>> = {
  haproxy: 'load-balancer',
  keepalived: 'load-balancer',
  nginx: 'web',
};

/** The roles of a target; the VIP is a load balancer's. */
const rolesOf = (target: string, lab: Lab): readonly string[] => {
  if (target === vipHolder || target === vipStandby) return ['load-balancer'];
  return lab.machines[target]?.roles ?? [target];
};

const processRunsThere: ScenarioRule = {
  reads: ['process', 'target'],
  check: ({ scenario: { process, target }, lab }) =>
    process === undefined || rolesOf(target, lab).includes(runsOn[process])
      ? []
      : [
          {
            path: ['process'],
            message: `${process} does not run on ${target}, only where the role is ${runsOn[process]}`,
          },
        ],
};

const formulaPaths = [
  ['schedule', 'before'],
  ['schedule', 'fault'],
  ['schedule', 'after'],
  ['expect', 'outageAtMost'],
] as const;

const formulaAt = (scenario: Scenario, [section, key]: (typeof formulaPaths)[number]): string | undefined =>
  (scenario[section] as Record<string, string | undefined>)[key];

const formulasHold: ScenarioRule = {
  reads: ['schedule', 'expect'],
  check: ({ scenario, timers }) =>
    formulaPaths.flatMap((path): Remark[] => {
      const formula = formulaAt(scenario, path);
      const wrong = formula === undefined ? undefined : complaint(formula, timers);
      return wrong ? [{ path, ...wrong }] : [];
    }),
};

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

/** A fault that is healed before the bound is reached proves nothing: the healing may have ended the outage. */
const faultOutlastsBound: ScenarioRule = {
  reads: ['schedule', 'expect'],
  check: ({ scenario, timers }) => {
    const { outageAtMost } = scenario.expect;
    const { fault } = scenario.schedule;
    if (outageAtMost === undefined || complaint(fault, timers) || complaint(outageAtMost, timers)) return [];
    const [lasts, bound] = [evaluate(fault, timers), evaluate(outageAtMost, timers)];
    return lasts > bound
      ? []
      : [
          {
            path: ['schedule', 'fault'],
            message: `the fault is healed after ${Math.round(lasts)} ms, before an outage of ${Math.round(bound)} ms could be seen`,
            hint: 'let it last longer than outageAtMost.',
          },
        ];
  },
};

const rules: readonly ScenarioRule[] = [
  idIsFileName,
  targetIsThere,
  processGoesWithKill,
  processRunsThere,
  formulasHold,
  faultOutlastsBound,
];

/**
 * A scenario from the text of its file, or everything that is wrong with it. It is held against the lab it is for; left
 * out, against the default lab.
 */
export const parseScenario = (text: string, file: string, lab: Lab = labSchema.parse({})): ParsedScenario => {
  const timers = timersOf(planOf(lab));
  const fileId = (file.split(/[\\/]/).at(-1) ?? '').replace(/\.ya?ml$/, '');
  const kind = { schema: scenarioSchema, subject: (scenario: Scenario) => ({ scenario, fileId, lab, timers }), rules };
  const checked = checkText(kind, text, file);
  return checked.ok ? { ok: true, scenario: checked.data, warnings: checked.warnings } : checked;
};
