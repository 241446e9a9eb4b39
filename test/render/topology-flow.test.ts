import test from 'ava';
import fc from 'fast-check';
import { planOf } from '../../src/plan/plan.js';
import { topologyFlow } from '../../src/render/topology-flow.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const planWith = (machines: Readonly<Record<string, string>>) =>
  planOf(
    labSchema.parse({
      machines: Object.fromEntries(
        Object.entries(machines).map(([name, roles]) => [name, { roles: roles.split(' ') }]),
      ),
    }),
  );

test('the usual lab is three lines', (t) => {
  t.is(
    topologyFlow(planOf(labSchema.parse({}))),
    [
      '                            ┌─► lb1 ──┐',
      'visitors ──► 192.168.56.10 ─┤   VRRP  ├─► web ────► app ──────► db',
      '             virtual IP     └─► lb2 ──┘   nginx     Node.js     MySQL',
    ].join('\n'),
  );
});

test('every machine of a tier is joined to every machine of the next', (t) => {
  const plan = planWith({
    a: 'load-balancer',
    bb: 'load-balancer web',
    ...{ w1: 'web', w2: 'web', w3: 'web', a1: 'app', a2: 'app', db: 'database' },
  });
  t.is(
    topologyFlow(plan),
    [
      '                                        ┌─► w1 ─┐',
      '                            ┌─► a ────┐ │       │ ┌─► a1 ─┐',
      'visitors ──► 192.168.56.10 ─┤   VRRP  ├─┼─► w2 ─┼─┤       ├─► db',
      '             virtual IP     └─► bb ───┘ │       │ └─► a2 ─┘   MySQL',
      '                                        └─► w3 ─┘',
    ].join('\n'),
  );
});

test('it is never wider than the terminal, and names every machine', (t) => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
  const labs = fc.uniqueArray(name, { minLength: 5, maxLength: 9 }).map((names) => {
    const roles = ['load-balancer', 'load-balancer', 'web', 'app', 'database'];
    return planWith(Object.fromEntries(names.map((each, index) => [each, roles[index] ?? 'web'])));
  });
  fc.assert(
    fc.property(labs, fc.integer({ min: 40, max: 120 }), (plan, columns) => {
      const drawn = topologyFlow(plan, columns);
      for (const line of drawn.split('\n')) t.true(line.length <= columns, `${columns}: ${line}`);
      for (const machine of plan.machines) t.true(drawn.includes(machine.name), `${machine.name}\n${drawn}`);
    }),
    { numRuns: 60 },
  );
});
