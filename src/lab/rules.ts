import type { Lab } from '../model/lab.js';
import type { Rule, Wrote } from './check-text.js';
import { addressRules } from './rules/addresses.js';
import { clusterRules } from './rules/cluster.js';
import { computerRules } from './rules/computer.js';
import { portRules } from './rules/ports.js';
import { roleRules } from './rules/roles.js';
import { softwareRules } from './rules/software.js';
import { subnetRules } from './rules/subnet.js';
import { verifyRules } from './rules/verify.js';

/** What this computer has, for the rules that ask whether the lab fits on it. */
export interface ComputerFacts {
  readonly memoryMb: number;
  readonly cores: number;
}

export interface LabSubject {
  readonly lab: Lab;
  /** Whether the user wrote something at a path, or it is a default. */
  readonly wrote: Wrote;
  readonly facts: ComputerFacts | undefined;
}

export type LabRule = Rule<LabSubject>;

/** Everything a lab must be beyond its schema; the order is of no importance. */
export const labRules: readonly LabRule[] = [
  ...roleRules,
  ...clusterRules,
  ...subnetRules,
  ...addressRules,
  ...portRules,
  ...softwareRules,
  ...computerRules,
  ...verifyRules,
];
