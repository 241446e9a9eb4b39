import test from 'ava';
import type { Next } from '../../src/model/role.js';
import { planOf } from '../../src/plan/plan.js';
import { clusterConvergence, nextOfCluster, nodeLook } from '../../src/roles/galera.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const data = '0a1b2c3d-0000-11f1-9de5-3b8ba0d81d54';
const other = '99999999-0000-11f1-9de5-3b8ba0d81d54';

/** What a node says, a line each. */
const said = (lines: Readonly<Record<string, string | number>>, members: readonly string[] = []): string =>
  [...Object.entries(lines).map(([key, value]) => `${key}=${value}`), ...members.map((id) => `member=${id} 0`)].join(
    '\n',
  );

const never = said({ active: 'active', schema: 0, provision: 1 });
const stopped = (seqno: number, safe = 0) =>
  said({ active: 'inactive', uuid: data, seqno, safe_to_bootstrap: safe, schema: 1 });
const primary = (more: Readonly<Record<string, string | number>> = {}) =>
  said({
    active: 'active',
    wsrep_cluster_status: 'Primary',
    wsrep_local_state: 4,
    wsrep_ready: 'ON',
    wsrep_cluster_size: 3,
    wsrep_cluster_state_uuid: data,
    uuid: data,
    seqno: -1,
    safe_to_bootstrap: 0,
    ...more,
  });
/** One that lost its power, or the others, while it belonged to this majority. */
const torn = (me: string, members: readonly string[], more: Readonly<Record<string, string | number>> = {}) =>
  said(
    {
      active: 'active',
      uuid: data,
      seqno: -1,
      safe_to_bootstrap: 0,
      my_uuid: me,
      view_id: `3 ${members[0]} 7`,
      ...more,
    },
    members.map((id) => id),
  );
const asked = (seqno: number, uuid = data) =>
  said({ active: 'inactive', uuid, seqno: -1, safe_to_bootstrap: 0, position: `${uuid}:${seqno}` });

const next = (...texts: readonly (string | undefined)[]): Next =>
  nextOfCluster(new Map(texts.map((text, index) => [`data${index + 1}`, text])));

/** `data1 bootstrap, data2 start`, `wait`, `done` or the words of a refusal. */
const wordsOf = (decided: Next): string => {
  if (decided.kind === 'act')
    return decided.acts
      .map(({ machine, does }) => `${machine} ${does === 'provision' ? does : does.at(-1)}`)
      .join(', ');
  return decided.kind === 'refuse' ? decided.why : decided.kind;
};

const all = ['a', 'b', 'c'];
const cases: readonly (readonly [when: string, texts: readonly (string | undefined)[], what: string])[] = [
  ['there never was a cluster', [never, never, never], 'data1 bootstrap'],
  [
    'there never was one, and a machine has data',
    [never, said({ active: 'active', schema: 1 }), never],
    'data2 bootstrap',
  ],
  [
    'two have data of their own',
    [said({ schema: 1 }), never, said({ schema: 1 })],
    'data1 and data3 both hold data and never were one cluster: all but one would lose theirs',
  ],
  ['the first one has begun', [primary({ wsrep_cluster_size: 1 }), never, said({ active: 'inactive' })], 'data3 start'],
  ['others are on their way', [primary({ wsrep_cluster_size: 2 }), never, primary({ wsrep_cluster_size: 2 })], 'wait'],
  ['somebody gets its copy', [primary(), primary(), primary({ wsrep_local_state: 1, wsrep_ready: 'OFF' })], 'wait'],
  ['all are in step', [primary(), primary(), primary()], 'done'],
  [
    'all want to be finished',
    [primary({ provision: 1 }), primary({ provision: 1 }), primary({ provision: 1 })],
    'data1 provision',
  ],
  [
    'the first one is finished',
    [primary(), primary({ provision: 1 }), primary({ provision: 1 })],
    'data2 provision, data3 provision',
  ],
  [
    'all have a new configuration: one at a time',
    [primary(), primary({ restart: 1 }), primary({ restart: 1, provision: 1 })],
    'data2 restart',
  ],
  ['all lost their power at once', [torn('a', all), torn('b', all), torn('c', all)], 'wait'],
  [
    'they did and are not started',
    [torn('a', all), torn('b', all, { active: 'inactive' }), torn('c', all)],
    'data2 start',
  ],
  [
    'the two that were left lost theirs later than the first',
    [torn('a', all), torn('b', ['b', 'c']), torn('c', ['b', 'c'])],
    'wait',
  ],
  ['all were stopped properly', [stopped(41), stopped(42, 1), stopped(40)], 'data2 bootstrap'],
  ['several say that they were the last', [stopped(41, 1), stopped(42, 1), stopped(40)], 'data2 bootstrap'],
  ['nobody knows who was last', [stopped(-1), asked(17), stopped(-1)], 'data1 position, data3 position'],
  [
    'their disks were asked',
    [asked(16), asked(17), asked(-1, '00000000-0000-0000-0000-000000000000')],
    'data2 bootstrap',
  ],
  ['they belong to two clusters', [asked(16), asked(17, other), asked(3)], 'data2 and data1 hold data of two clusters'],
  [
    'two majorities',
    [primary(), primary({ wsrep_cluster_state_uuid: other }), never],
    'data1 and data2 belong to two clusters, each with data of its own',
  ],
  ['one can’t be asked and the others serve', [primary(), undefined, primary({ wsrep_cluster_size: 2 })], 'done'],
  [
    'one can’t be asked and nobody serves',
    [stopped(41), undefined, stopped(40, 1)],
    "No majority of the database cluster is there, and data2 can't be asked: the last changes may be there alone",
  ],
  [
    'one is left of three',
    [primary({ wsrep_cluster_status: 'non-Primary', wsrep_ready: 'OFF' }), undefined, undefined],
    "No majority of the database cluster is there, and data2 and data3 can't be asked: the last changes may be there alone",
  ],
];

for (const [when, texts, what] of cases) {
  test(`${when}: ${what}`, (t) => {
    t.is(wordsOf(next(...texts)), what);
  });
}

test('who has joined is told while the others are waited for', (t) => {
  t.like(next(primary({ wsrep_cluster_size: 3 }), primary(), never), {
    kind: 'wait',
    ready: ['data1', 'data2'],
    for: 'data3 to join data1 and data2',
  });
});

test('a node that says nothing it can be held to is one without anything', (t) => {
  t.like(nodeLook('data1', ''), { active: '', status: '', ready: false, uuid: '', seqno: -1, members: [] });
});

test('a cluster converges, and a single database has nothing to converge with', (t) => {
  const machines = { ...labSchema.parse({}).machines, db2: { roles: ['database'] }, db3: { roles: ['database'] } };
  t.deepEqual(clusterConvergence.machines(planOf(labSchema.parse({ machines }))), ['db', 'db2', 'db3']);
  t.deepEqual(clusterConvergence.machines(planOf(labSchema.parse({}))), []);
});
