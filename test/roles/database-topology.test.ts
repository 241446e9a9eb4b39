import test from 'ava';
import { timersOf } from '../../src/plan/formula.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const lab = (databases: number, database: object = {}, more: object = {}) => {
  const { db, ...others } = labSchema.parse({}).machines;
  const machines = Object.fromEntries(Array.from({ length: databases }, (_, index) => [`db${index + 1}`, db]));
  return planOf(labSchema.parse({ ...more, machines: { ...others, ...machines }, database }));
};

test('what is left out of the database follows from how many machines keep it', (t) => {
  t.like(lab(1).database, { topology: 'single', engine: 'mysql', cluster: undefined });
  t.like(lab(3).database, { topology: 'cluster', engine: 'mariadb' });
  t.like(lab(1, { engine: 'mariadb' }).database, { topology: 'single', engine: 'mariadb' });
});

test('each timing says how soon the others go on', (t) => {
  const downMs = (timing: string) => lab(3, { timing }).database.cluster?.downMs;
  t.deepEqual(['fast', 'balanced', 'classic'].map(downMs), [800, 2400, 7000]);
  t.is(lab(3).database.cluster?.downMs, 2400);
  t.is(timersOf(lab(3, { timing: 'fast' })).clusterDown, 800);
  t.is(timersOf(lab(1)).clusterDown, 0);
});

test('on slow machines a cluster is as much more patient as everything else', (t) => {
  t.is(lab(3, { timing: 'fast' }, { vrrp: { advertMs: 5000 } }).database.cluster?.downMs, 4000);
});

test('the databases of a cluster speak with one another alone, and only in a cluster', (t) => {
  const between = (databases: number) =>
    lab(databases)
      .connections.filter(({ purpose }) => /cluster|changes|copy/.test(purpose))
      .map(({ from, to, port }) => `${from} ${to} ${port}`);
  t.deepEqual(between(1), []);
  t.is(between(3).length, 18);
  t.true(between(3).includes('db1 db2 4567') && between(3).includes('db3 db1 4444'));
  t.false(between(3).some((row) => /app|web|lb/.test(row)));
});
