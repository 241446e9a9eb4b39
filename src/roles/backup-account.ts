import type { Plan } from '../model/plan.js';
import type { Secret } from '../model/secret.js';

/** The account of the backup server in the database: it reads, and changes nothing. */
export const backupAccount = 'quintet_backup';

/** What it may do on the whole server: follow the binary logs, stop the clock for a moment, and see how routines are written. */
export const backupPrivileges = ['FLUSH_TABLES', 'REPLICATION CLIENT', 'REPLICATION SLAVE', 'SHOW_ROUTINE'] as const;

/** And on the one schema. */
export const backupSchemaPrivileges = ['EVENT', 'SELECT', 'SHOW VIEW', 'TRIGGER'] as const;

/** The password of that account, on either side. */
export const backupPassword: Secret = {
  kind: 'password',
  path: 'etc/quintet/backup.password',
  account: backupAccount,
};

export const isBackedUp = (plan: Pick<Plan, 'machines'>): boolean =>
  plan.machines.some(({ roles }) => roles.includes('backup'));
