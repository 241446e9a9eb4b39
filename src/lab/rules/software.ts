import { systems } from '../../model/lab.js';
import { traitsOf } from '../../model/provider-traits.js';
import { mysqlAvailable, replicationAccount } from '../../roles/database.js';
import { databaseOf } from '../../roles/database-topology.js';
import { oneOf } from '../did-you-mean.js';
import type { LabRule } from '../lab-rule.js';

const systemCanBeHad: LabRule = {
  reads: ['provider', 'system'],
  check: ({ lab, lab: { system } }) =>
    traitsOf(lab).systems.includes(system)
      ? []
      : [
          {
            path: ['system'],
            message: `containers can't run ${system}: their base is built from Debian's own packages`,
            hint: `take ${oneOf(traitsOf(lab).systems)}, or a provider that starts boxes (virtualbox, libvirt).`,
          },
        ],
};

const mysqlCanBeHad: LabRule = {
  reads: ['system', 'database.engine', 'database.topology', 'machines.*.roles'],
  check: ({ lab, lab: { system }, wrote }) =>
    databaseOf(lab).engine !== 'mysql' || mysqlAvailable(system)
      ? []
      : [
          {
            path: wrote(['database', 'engine']) ? ['database', 'engine'] : ['system'],
            message: `MySQL can't be had on ${system}`,
            hint: `set database.engine to mariadb, or take ${oneOf(systems.filter(mysqlAvailable))} as the system.`,
          },
        ],
};

const boxIsUsed: LabRule = {
  reads: ['provider', 'box'],
  check: ({ lab, wrote }) =>
    traitsOf(lab).madeFrom === 'box' || !wrote(['box'])
      ? []
      : [
          {
            path: ['box'],
            at: 'key',
            severity: 'warning',
            message: 'containers need no box, so this one is not used',
            hint: 'remove it, or choose the provider virtualbox or libvirt.',
          },
        ],
};

const boxIsChecked: LabRule = {
  reads: ['box'],
  check: ({ lab: { box } }) => [
    ...(box.sha256 !== undefined && box.url === undefined
      ? [{ path: ['box', 'sha256'], message: 'a checksum without a url checks nothing', hint: 'add box.url.' }]
      : []),
    ...(box.url !== undefined && box.name === undefined
      ? [
          {
            path: ['box', 'url'],
            message: 'a box from a url needs a name of its own, or it would pass for the public one',
            hint: 'add box.name, such as my/debian-13.',
          },
        ]
      : []),
    ...(box.url !== undefined && /^http:/i.test(box.url) && box.sha256 === undefined
      ? [
          {
            path: ['box', 'url'],
            severity: 'warning' as const,
            message: 'a box over plain http can be exchanged on its way',
            hint: 'add box.sha256, or use https.',
          },
        ]
      : []),
  ],
};

/** Schemas and accounts that MySQL and MariaDB have for themselves. */
const ownSchemas = ['mysql', 'sys', 'information_schema', 'performance_schema', 'test'];
const ownAccounts = ['root', 'mysql', 'mariadb', 'public', replicationAccount];

const databaseNamesAreFree: LabRule = {
  reads: ['database'],
  check: ({ lab: { database } }) => [
    ...(ownSchemas.includes(database.schema)
      ? [
          {
            path: ['database', 'schema'],
            message: `${database.schema} is a schema of the database server itself`,
            hint: 'choose a name of your own, such as quintet.',
          },
        ]
      : []),
    ...(ownAccounts.includes(database.user)
      ? [
          {
            path: ['database', 'user'],
            message: `${database.user} is an account of the database server itself`,
            hint: 'choose a name of your own, such as app.',
          },
        ]
      : []),
  ],
};

export const softwareRules: readonly LabRule[] = [
  systemCanBeHad,
  mysqlCanBeHad,
  boxIsUsed,
  boxIsChecked,
  databaseNamesAreFree,
];
