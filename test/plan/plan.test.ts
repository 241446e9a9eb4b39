import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

test('the plan of the default lab names five machines with their memory', (t) => {
  const { machines } = planOf(labSchema.parse({}));
  t.deepEqual(
    machines.map(({ name, roles, address, memoryMb, cores }) => [name, roles.join(), address, memoryMb, cores]),
    [
      ['lb1', 'load-balancer', '192.168.56.11', 512, 1],
      ['lb2', 'load-balancer', '192.168.56.12', 512, 1],
      ['web', 'web', '192.168.56.21', 512, 1],
      ['app', 'app', '192.168.56.31', 512, 1],
      ['db', 'database', '192.168.56.41', 1024, 1],
    ],
  );
});

test('the site is called www. and the domain, on the network of the lab', (t) => {
  const { network } = planOf(labSchema.parse({ network: { subnet: '10.1.0.0/20', domain: 'shop.test' } }));
  t.deepEqual(network, {
    subnet: '10.1.0.0/20',
    prefixLength: 20,
    netmask: '255.255.240.0',
    vip: '10.1.0.10',
    vantage: '10.1.0.1',
    siteName: 'www.shop.test',
    domain: 'shop.test',
    siteNames: ['www.shop.test', 'shop.test', 'localhost', '10.1.0.10', '127.0.0.1'],
  });
});

test('only load balancers take part in VRRP', (t) => {
  const { vrrp } = planOf(labSchema.parse({}));
  t.deepEqual(
    vrrp.routers.map(({ machine }) => machine),
    ['lb1', 'lb2'],
  );
});

test('the same lab always makes the same plan', (t) => {
  const lab = labSchema.parse({ title: 'x' });
  t.deepEqual(planOf(lab), planOf(structuredClone(lab)));
});
