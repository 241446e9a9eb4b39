import test from 'ava';
import { takesTheLast } from '../../src/plan/redundancy.js';

const scaleUp = [
  { name: 'lb1', roles: ['load-balancer'] },
  { name: 'lb2', roles: ['load-balancer'] },
  { name: 'web', roles: ['web'] },
  { name: 'app', roles: ['app'] },
  { name: 'db', roles: ['database'] },
];
const shared = [
  { name: 'one', roles: ['load-balancer', 'web'] },
  { name: 'two', roles: ['load-balancer', 'web', 'app'] },
  { name: 'db', roles: ['database'] },
];

const turns = [
  { name: 'web', roles: ['web'] },
  { name: 'blue', roles: ['app'], takesTurns: true },
  { name: 'green', roles: ['app'], takesTurns: true },
] as const;

const databases = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `db${index + 1}`, roles: ['database'] }));

const rows = [
  ['one of two databases, a source and its replica', databases(2), { target: 'db2' }, true],
  ['one of three databases', databases(3), { target: 'any database' }, false],
  ['every one of three databases', databases(3), { target: 'each database' }, true],
  ['the holder of the VIP of a pair', scaleUp, { target: 'vip-holder' }, false],
  ['the only web server', scaleUp, { target: 'web' }, true],
  ['both load balancers', scaleUp, { target: 'each load-balancer' }, true],
  ['one of two web servers', shared, { target: 'web[1]' }, false],
  ['a machine that does something nobody else does', shared, { target: 'two' }, true],
  ['a service of it that another one has too', shared, { target: 'two', service: 'nginx' }, false],
  ['any of two, one of which is alone with what else it does', shared, { target: 'any web' }, true],
  ['nobody', shared, { target: 'mail' }, false],
  ['a service that there is none of', shared, { target: 'db', service: 'hapoxy' }, false],
  ['the live one of two application servers that take turns', turns, { target: 'live' }, true],
  ['the same by its role', turns, { target: 'app', service: 'app' }, true],
  ['the idle one', turns, { target: 'idle' }, false],
] as const;
for (const [what, machines, fault, expected] of rows) {
  test(`${what}: ${expected ? 'a single point of failure' : 'another one is left'}`, (t) => {
    t.is(takesTheLast(fault, machines), expected);
  });
}
