import { stringify } from 'yaml';
import type { Scenario } from '../model/scenario.js';

/** The text of a scenario file. */
export const writeScenario = (scenario: Scenario): string => stringify(scenario, { lineWidth: 0 });
