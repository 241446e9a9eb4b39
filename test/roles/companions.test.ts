import test from 'ava';
import { catalogueLab } from '../../src/host/catalogue.js';
import { scheduled } from '../../src/plan/expectation.js';
import { packagesFor } from '../../src/plan/packages.js';
import { planOf } from '../../src/plan/plan.js';
import { baseKey, layersOf } from '../../src/providers/container/base-recipe.js';
import { machineRecipe } from '../../src/providers/container/bases.js';
import { renderLab } from '../../src/render/render.js';
import { additionalRoles, roleOf } from '../../src/roles/additional.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { templates } from '../rig/templates.js';

/** What one role puts beside others is there in labs that have it, and nowhere else. */

const plain = planOf(labSchema.parse({}));
const watched = planOf(
  labSchema.parse({ machines: { ...labSchema.parse({}).machines, monitor: { roles: ['monitoring'] } } }),
);

test('a lab without a monitoring server knows nothing of exporters', (t) => {
  for (const [path, text] of renderLab(plain, templates))
    t.notRegex(text, /prometheus-(?:node|nginx|mysqld)|:9100|9113|stub_status/, path);
  t.true(plain.machines.every(({ companions }) => companions === undefined));
});

test('each machine has the exporters of what it is for', (t) => {
  const companions = Object.fromEntries(watched.machines.map(({ name, companions }) => [name, companions]));
  t.deepEqual(companions.app, ['node-exporter']);
  t.deepEqual(companions.web, ['node-exporter', 'nginx-exporter']);
  t.deepEqual(companions.db, ['node-exporter', 'mysqld-exporter']);
});

test('the monitoring server alone may ask an exporter, and HAProxy for its metrics', (t) => {
  for (const name of ['node-exporter', 'nginx-exporter', 'mysqld-exporter', 'stats']) {
    const rows = watched.connections.filter(
      ({ port, purpose }) => port === watched.ports[name] && purpose === 'metrics',
    );
    t.true(rows.length > 0, name);
    t.true(
      rows.every(({ from }) => from === 'monitor'),
      name,
    );
  }
  const fresh = watched.connections.filter(
    (row) => !plain.connections.some((old) => JSON.stringify(old) === JSON.stringify(row)),
  );
  t.deepEqual([...new Set(fresh.map(({ from }) => from))].sort(), ['monitor', 'vantage']);
});

test('what is put beside is a layer of its own: below it a machine has the base that it has in every lab', (t) => {
  for (const { name } of plain.machines) {
    const [own] = layersOf(baseKey(machineRecipe({ plan: plain }, name)));
    const [beside, below] = layersOf(baseKey(machineRecipe({ plan: watched }, name)));
    t.is(below, own, name);
    t.not(beside, own, name);
  }
});

test('packages of the companions come with them', (t) => {
  t.true(packagesFor(plain, ['web'], ['nginx-exporter']).names.includes('prometheus-nginx-exporter'));
  t.false(packagesFor(plain, ['web']).names.includes('prometheus-nginx-exporter'));
});

for (const additional of additionalRoles) {
  test(`a lab whose fifth machine is for ${additional} has five, and a pair of load balancers`, (t) => {
    const { machines } = labSchema.parse({ additional });
    t.is(Object.keys(machines).length, 5);
    t.is(Object.values(machines).filter(({ roles }) => roles.includes('load-balancer')).length, 2);
    t.true(Object.values(machines).some(({ roles }) => roles.includes(roleOf(additional))));
  });
}

test('an alert is expected only where somebody watches, and then faults last until it can have come', async (t) => {
  const { scenarios } = await catalogueLab('scale-up');
  const cut = scenarios.find(({ id }) => id === 'app-power-cut');
  if (cut === undefined) throw new Error('no app-power-cut');
  t.is(scheduled(cut, plain).expect.alert, undefined);
  t.is(scheduled(cut, plain).faults[0]?.forMs, 2500);
  t.deepEqual(scheduled(cut, watched).expect.alert, { name: 'MachineDown', withinMs: 5000, resolvedWithinMs: 15_000 });
  t.is(scheduled(cut, watched).faults[0]?.forMs, 6000);
});

test('every alert that a shipped scenario expects is one of the rules', async (t) => {
  const machine = { roles: ['monitoring'] };
  const virtual = planOf(
    labSchema.parse({ provider: 'virtualbox', machines: { ...labSchema.parse({}).machines, monitor: machine } }),
  );
  const rules = renderLab(virtual, templates).get('machines/monitor/etc/prometheus/rules/lab.yml') ?? '';
  for (const name of ['scale-up', 'cached']) {
    for (const { id, expect, alone } of (await catalogueLab(name)).scenarios) {
      for (const alert of [expect.alert, alone?.alert]) {
        if (alert !== undefined) t.true(rules.includes(`- alert: ${alert.name}\n`), id);
      }
    }
  }
});
