import type { Remark } from '../../model/problem.js';
import { clusterTimings, databaseMachines, databaseOf, topologyNamed } from '../../roles/database-topology.js';
import { oneOf } from '../did-you-mean.js';
import type { LabRule, LabSubject } from '../lab-rule.js';

const reads = ['machines.*.roles', 'database.topology'];

/** Where the number of databases was decided: the topology that the user wrote, else the machine that is one too many. */
const place = ({ wrote }: LabSubject, name: string): Pick<Remark, 'path'> =>
  wrote(['database', 'topology']) ? { path: ['database', 'topology'] } : { path: ['machines', name, 'roles'] };

const singleIsOne: LabRule = {
  reads,
  check: (subject) => {
    const [first, ...others] = databaseMachines(subject.lab);
    if (databaseOf(subject.lab).topology !== 'single') return [];
    return others.map((name) => ({
      path: ['machines', name, 'roles'],
      message: `${name} would be a second database beside ${first}, and topology: single keeps the data on one machine`,
      hint: 'leave the role database to one machine, or set topology: replica with two of them, or cluster with three.',
    }));
  },
};

/** What is wrong with so many nodes, and what helps; undefined where it is a number that can lose some. */
const objection = (count: number): readonly [message: string, hint: string] | undefined => {
  if (count % 2 === 1 && count > 1) return undefined;
  if (count === 1) return ['a cluster of one machine survives nothing', 'give three machines the role database.'];
  if (count === 2) {
    return [
      'two databases are no cluster: when one falls silent, the other has no majority and stops as well',
      'set topology: replica for a source and its replica, give a third machine the role database, or leave it to one.',
    ];
  }
  const fewer = count - 1;
  return [
    `a cluster of ${count} can lose no more machines than one of ${fewer}: in two halves neither has the majority`,
    `give the role database to ${fewer} machines, or to ${count + 1}.`,
  ];
};

const clusterIsOdd: LabRule = {
  reads,
  check: (subject) => {
    const nodes = databaseMachines(subject.lab);
    const last = nodes.at(-1);
    if (databaseOf(subject.lab).topology !== 'cluster' || last === undefined) return [];
    const found = objection(nodes.length);
    return found === undefined ? [] : [{ ...place(subject, last), message: found[0], hint: found[1] }];
  },
};

const replicaIsPair: LabRule = {
  reads,
  check: (subject) => {
    const all = databaseMachines(subject.lab);
    const last = all.at(-1);
    if (databaseOf(subject.lab).topology !== 'replica' || last === undefined || all.length === 2) return [];
    const [message, hint] =
      all.length === 1
        ? [
            'a replica without a source: one machine alone has the role database',
            'give a second machine the role database.',
          ]
        : [
            `topology: replica is a source and its replica, two machines, and here are ${all.length}`,
            `leave the role database to two machines, or set topology: cluster${all.length % 2 === 1 ? '' : ' with an odd number of them'}.`,
          ];
    return [{ ...place(subject, last), message, hint }];
  },
};

/** What keeps the machines of a topology in step, where not every engine has it. */
const keptBy: Readonly<Record<string, string>> = {
  cluster: 'its machines are kept in step by Galera, a part of MariaDB',
  replica: 'source and replica are built with what MariaDB has for it',
};

const engineCan: LabRule = {
  reads: [...reads, 'database.engine'],
  check: ({ lab, lab: { database } }) => {
    const { topology } = databaseOf(lab);
    const { engines } = topologyNamed(topology);
    return database.engine === undefined || engines.some((engine) => engine === database.engine)
      ? []
      : [
          {
            path: ['database', 'engine'],
            message: `${database.engine} can't be a ${topology} here: ${keptBy[topology]}`,
            hint: `set engine: ${oneOf(engines)}, or leave it out.`,
          },
        ];
  },
};

const nodeHasRoom: LabRule = {
  reads: [...reads, 'machines.*.memoryMb'],
  check: ({ lab }) => {
    const { topology } = databaseOf(lab);
    const { leastMb } = topologyNamed(topology);
    const usual = topologyNamed('single').leastMb;
    return databaseMachines(lab).flatMap((name): Remark[] => {
      const memoryMb = lab.machines[name]?.memoryMb ?? leastMb;
      // Below the role's own least, that is what is said.
      if (memoryMb >= leastMb || memoryMb < usual) return [];
      return [
        {
          path: ['machines', name, 'memoryMb'],
          message: `${memoryMb} MiB are too little for a machine of a database ${topology}, which needs ${leastMb}: beside the data it keeps recent changes for the others`,
          hint: 'leave memoryMb out to get 1024.',
        },
      ];
    });
  },
};

const timingHasCluster: LabRule = {
  reads: [...reads, 'database.timing'],
  check: ({ lab }) =>
    lab.database.timing === undefined || databaseOf(lab).cluster !== undefined
      ? []
      : [
          {
            path: ['database', 'timing'],
            at: 'key',
            severity: 'warning',
            message: `timing does nothing: it says how soon a cluster of databases goes on without one, and here is no cluster`,
            hint: `remove it; ${oneOf(clusterTimings)} are for three databases and more.`,
          },
        ],
};

export const databaseRules: readonly LabRule[] = [
  singleIsOne,
  clusterIsOdd,
  replicaIsPair,
  engineCan,
  nodeHasRoom,
  timingHasCluster,
];
