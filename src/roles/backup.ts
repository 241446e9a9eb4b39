import type { Plan } from '../model/plan.js';
import type { Convergence, RoleFacts, SettingsZod } from '../model/role.js';
import { backupPassword } from './backup-account.js';
import { backupStateOf, backupWords } from './backup-state.js';
import { packages } from './database.js';

const settings = (z: SettingsZod) => ({
  backup: z
    .strictObject({
      everyHours: z.int().min(1).max(720).default(24).describe('How often a base backup is made'),
      keep: z.int().min(1).max(100).default(7).describe('How many base backups are kept'),
      logDays: z
        .int()
        .min(1)
        .max(365)
        .default(7)
        .describe('How long binary logs are kept; those that the newest base backup needs always are'),
      lagSeconds: z
        .int()
        .min(1)
        .max(3600)
        .default(10)
        .describe('How long a write may take at most until the backup server has it'),
    })
    .describe('How the backup server keeps what the database holds'),
});

const script = '/usr/local/lib/quintet/backup';

/** It waits for no other machine while it is provisioned: the first base backup is waited for when the database is up as well. */
const convergence: Convergence = {
  step: 'first base backup',
  machines: ({ machines }) => machines.filter(({ roles }) => roles.includes('backup')).map(({ name }) => name),
  look: [script, 'look'],
  next: (looks, plan: Plan) => {
    const machines = [...looks];
    const ready = machines.flatMap(([name, text]) => (backupStateOf(text)?.base === undefined ? [] : [name]));
    const databaseIsOff = machines.some(([, text]) => backupStateOf(text)?.database === false);
    if (ready.length === machines.length) return { kind: 'done' };
    if (machines.every(([, text]) => text === undefined) || databaseIsOff) {
      const source = plan.machines.find(({ roles }) => roles.includes('database'))?.name;
      return {
        kind: 'refuse',
        why: `There is no base backup yet, and the database on ${source} does not answer`,
        hint: 'quintet up brings all machines up; the first base backup is made by itself when both run.',
      };
    }
    return { kind: 'wait', for: 'the first base backup, and its trial', ready };
  },
  tell: (looks) => [...looks].map(([name, text]) => backupWords(name, backupStateOf(text))).join(' '),
};

/**
 * Base backups of the database (mysqldump), its binary logs as they are written (mysqlbinlog), and a server that runs only to try
 * what was made and to restore it. A dump takes longer than a copy of files, and can be read, tried and brought back table by table
 * while the database runs; Debian has no program that copies the files of a running MySQL.
 */
export const backup: RoleFacts = {
  name: 'backup',
  words: 'backup server',
  synonyms: ['backups', 'dump', 'mysqldump', 'binlog'],
  software: () => 'mysqldump + mysqlbinlog',
  icon: '<path d="M4 12h24v16H4zM4 12l4-8h16l4 8M16 24v-8M12 20l4 4 4-4"/>',
  colour: { light: '#2f6f4e', dark: '#7ccf9f' },
  firstOffset: 71,
  memoryMb: { usual: 768, least: 512 },
  ports: {},
  settings,
  packages,
  folders: () => ['backup/server'],
  services: { 'backup-stream': { unit: () => 'quintet-backup-stream' } },
  programs: () => [
    ['mysqldump', 'mysqldump --version'],
    ['mysqlbinlog', 'mysqlbinlog --version'],
  ],
  visits: [],
  secrets: () => [backupPassword],
  // Nobody who visits the site needs it.
  randomRows: [
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'process-killed', service: 'backup-stream' } },
  ],
  convergences: [convergence],
  companions: [
    {
      name: 'backup-source',
      beside: 'database',
      ports: {},
      packages: () => ({ names: [], fromSid: [] }),
      folders: () => ['backup/source'],
      starts: [],
      programs: () => [],
      visits: [],
    },
  ],
  additional: {
    machine: 'backup',
    gives: 'what was deleted by mistake comes back: base backups, binary logs, and a drill that proves it',
    costs: 'the second load balancer shares the web machine; MySQL once more to install',
  },
};
