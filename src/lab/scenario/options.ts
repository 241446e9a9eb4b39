import type { Remark } from '../../model/problem.js';
import { directions, type FaultOption, faultKindRow, faultOptions, type ScenarioFault } from '../../model/scenario.js';
import { serviceNames } from '../../plan/services.js';
import { oneOf } from '../did-you-mean.js';
import type { ScenarioRule } from './scenario-rule.js';

/** How each setting is written, for hints. */
const examples: Readonly<Record<FaultOption, string>> = {
  service: `service: ${serviceNames[0]} (or ${oneOf(serviceNames.slice(1))})`,
  direction: `direction: ${oneOf(directions)}`,
  percent: 'percent: 30',
  bySeconds: 'bySeconds: 3600',
  path: 'path: /var',
};

const missing = ({ fault, ...fields }: ScenarioFault): readonly FaultOption[] =>
  (faultKindRow(fault).required ?? []).filter((option) => fields[option] === undefined);

const requiredOptions: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: ({ scenario }) =>
    scenario.faults.flatMap((fault, index) =>
      missing(fault).map((option) => ({
        path: ['faults', index, 'fault'],
        message: `${fault.fault} needs ${option}`,
        hint: `add a line such as ${examples[option]}.`,
      })),
    ),
};

const foreign = ({ fault, ...fields }: ScenarioFault): readonly FaultOption[] => {
  const { required = [], optional = [] } = faultKindRow(fault);
  return faultOptions.filter((option) => fields[option] !== undefined && ![...required, ...optional].includes(option));
};

const noForeignOptions: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: ({ scenario }) =>
    scenario.faults.flatMap((fault, index) =>
      foreign(fault).map(
        (option): Remark => ({
          path: ['faults', index, option],
          at: 'key',
          message: `${fault.fault} takes no ${option}`,
          hint: `remove it: ${taken(fault)}.`,
        }),
      ),
    ),
};

const taken = ({ fault }: ScenarioFault): string => {
  const { required = [], optional = [] } = faultKindRow(fault);
  const all = [...required, ...optional];
  return all.length === 0 ? `${fault} has no settings of its own` : `${fault} takes ${oneOf(all, 'and')} only`;
};

const lastsOrNot: ScenarioRule = {
  reads: ['faults'],
  each: 'faults.*',
  check: ({ scenario }) =>
    scenario.faults.flatMap(({ fault, for: lasts, until }, index): Remark[] => {
      const { momentary } = faultKindRow(fault);
      const ends = [...(lasts === undefined ? [] : ['for']), ...(until === undefined ? [] : ['until'])];
      if (momentary) {
        return ends.map((key) => ({
          path: ['faults', index, key],
          at: 'key',
          message: `${fault} is over at once and takes no ${key}`,
          hint: 'remove it; when: and at: say when it happens.',
        }));
      }
      if (ends.length > 0) return [];
      const hint = 'add a line such as for: masterDown + 1 s.';
      return [{ path: ['faults', index, 'fault'], message: `how long does ${fault} last?`, hint }];
    }),
};

export const optionRules: readonly ScenarioRule[] = [requiredOptions, noForeignOptions, lastsOrNot];
