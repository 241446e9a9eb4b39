import type { Remark } from '../../model/problem.js';
import { backupAccount } from '../../roles/backup-account.js';
import { databaseMachines, databaseOf } from '../../roles/database-topology.js';
import type { LabRule } from '../lab-rule.js';

const backupMachines = ({ machines }: Parameters<typeof databaseMachines>[0]): readonly string[] =>
  Object.entries(machines).flatMap(([name, { roles }]) => (roles.includes('backup') ? [name] : []));

const reads = ['machines.*.roles', 'database.topology', 'database.engine'];

/** MySQL names its transactions in a way that a restore can pass over those it has, and leave one out; nothing else is built here. */
const backsUpMySql: LabRule = {
  reads,
  check: ({ lab, wrote }) => {
    const [name] = backupMachines(lab);
    if (name === undefined) return [];
    const { topology, engine } = databaseOf(lab);
    const at = (key: 'topology' | 'engine', machine: string): Remark['path'] =>
      wrote(['database', key]) ? ['database', key] : ['machines', machine, 'roles'];
    if (topology === 'cluster') {
      return [
        {
          path: at('topology', name),
          message: `${name} can't back up a database cluster: its machines keep no binary logs`,
          hint: 'leave the role database to one machine, or take the role backup away.',
        },
      ];
    }
    if (engine === 'mysql') return [];
    return [
      {
        path: at('engine', name),
        message: `${name} can't back up ${engine}: a restore needs the names that MySQL gives its transactions`,
        hint: 'set engine: mysql, or take the role backup away.',
      },
    ];
  },
};

const onMachinesOfTheirOwn: LabRule = {
  reads: ['machines.*.roles'],
  check: ({ lab }) =>
    backupMachines(lab)
      .filter((name) => databaseMachines(lab).includes(name))
      .map((name) => ({
        path: ['machines', name, 'roles'],
        message: `${name} would keep the backups of its own database: whatever takes the one takes the other`,
        hint: 'give the role backup to another machine.',
      })),
};

const oneIsEnough: LabRule = {
  reads: ['machines.*.roles'],
  check: ({ lab }) => {
    const [first, ...others] = backupMachines(lab);
    return others.map((name) => ({
      path: ['machines', name, 'roles'],
      message: `${name} would be a second backup server beside ${first}`,
      hint: 'leave the role backup to one machine.',
    }));
  },
};

const accountIsFree: LabRule = {
  reads: ['machines.*.roles', 'database.user'],
  check: ({ lab }) =>
    lab.database.user !== backupAccount || backupMachines(lab).length === 0
      ? []
      : [
          {
            path: ['database', 'user'],
            message: `${backupAccount} is the account of the backup server`,
            hint: 'choose another name, such as app.',
          },
        ],
};

export const backupRules: readonly LabRule[] = [backsUpMySql, onMachinesOfTheirOwn, oneIsEnough, accountIsFree];
