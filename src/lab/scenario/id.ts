import type { ScenarioRule } from './scenario-rule.js';

const idIsFileName: ScenarioRule = {
  reads: ['id'],
  check: ({ scenario, fileId }) =>
    scenario.id === fileId
      ? []
      : [{ path: ['id'], message: `the id must be the name of the file, ${fileId}`, suggestion: fileId }],
};

export const idRules: readonly ScenarioRule[] = [idIsFileName];
