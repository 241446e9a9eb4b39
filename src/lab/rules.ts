import type { LabRule } from './lab-rule.js';
import { addressRules } from './rules/addresses.js';
import { applicationRules } from './rules/application.js';
import { backupRules } from './rules/backup.js';
import { clusterRules } from './rules/cluster.js';
import { computerRules } from './rules/computer.js';
import { databaseRules } from './rules/database.js';
import { portRules } from './rules/ports.js';
import { roleRules } from './rules/roles.js';
import { softwareRules } from './rules/software.js';
import { subnetRules } from './rules/subnet.js';
import { verifyRules } from './rules/verify.js';

/** Everything a lab must be beyond its schema; the order is of no importance. */
export const labRules: readonly LabRule[] = [
  ...roleRules,
  ...clusterRules,
  ...databaseRules,
  ...backupRules,
  ...subnetRules,
  ...addressRules,
  ...portRules,
  ...softwareRules,
  ...applicationRules,
  ...computerRules,
  ...verifyRules,
];
