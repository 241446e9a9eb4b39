import test from 'ava';
import fc from 'fast-check';
import type { Lab, LabChoices } from '../../src/model/lab.js';
import { addresses, nth, offsetIn, subnetOf, virtualboxDhcpHas } from '../../src/plan/addresses.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const lab = (choices: LabChoices): Lab => labSchema.parse(choices);

const givenTo = (choices: LabChoices) => {
  const { vantage, vip, machines } = addresses(lab(choices));
  return [vantage, vip, ...machines.values()].map((address) => address.split('.').slice(2).join('.'));
};

const five = {
  lb1: { roles: ['load-balancer' as const] },
  lb2: { roles: ['load-balancer' as const] },
  web: { roles: ['web' as const] },
  app: { roles: ['app' as const] },
  db: { roles: ['database' as const] },
};

const table: readonly (readonly [words: string, choices: LabChoices, given: readonly string[]])[] = [
  ['the default lab', {}, ['56.1', '56.10', '56.11', '56.12', '56.21', '56.31', '56.41']],
  ['another network', { network: { subnet: '10.9.8.0/24' } }, ['8.1', '8.10', '8.11', '8.12', '8.21', '8.31', '8.41']],
  [
    'a network of 30 addresses, too small for the last ranges',
    { network: { subnet: '192.168.56.32/27' } },
    ['56.33', '56.42', '56.43', '56.44', '56.53', '56.34', '56.35'],
  ],
  [
    'a network of 14 addresses',
    { network: { subnet: '192.168.56.16/28' } },
    ['56.17', '56.26', '56.27', '56.28', '56.18', '56.19', '56.20'],
  ],
  [
    'a VIP of the user’s own in the way of the others',
    { network: { vip: '192.168.56.11' } },
    ['56.1', '56.11', '56.12', '56.13', '56.21', '56.31', '56.41'],
  ],
  [
    'a machine given an address that another would have got',
    { machines: { ...five, db: { roles: ['database'], address: '192.168.56.21' } } },
    ['56.1', '56.10', '56.11', '56.12', '56.22', '56.31', '56.21'],
  ],
  [
    'a machine given the address of the VIP',
    { machines: { ...five, web: { roles: ['web'], address: '192.168.56.10' } } },
    ['56.1', '56.11', '56.12', '56.13', '56.10', '56.31', '56.41'],
  ],
  [
    'VirtualBox, whose DHCP server takes half of this network',
    { provider: 'virtualbox', network: { subnet: '192.168.56.64/26' } },
    ['56.65', '56.74', '56.75', '56.76', '56.85', '56.95', '56.66'],
  ],
];

for (const [words, choices, given] of table) {
  test(`addresses are given out in ${words}`, (t) => {
    t.deepEqual(givenTo(choices), given);
  });
}

test('whatever the network, what is chosen is inside it, free and its own', (t) => {
  const roles = fc.constantFrom('load-balancer' as const, 'web' as const, 'app' as const, 'database' as const);
  const machines = fc
    .array(roles, { minLength: 1, maxLength: 9 })
    .map((all) => Object.fromEntries(all.map((role, index) => [`m${index}`, { roles: [role] }])));
  fc.assert(
    fc.property(machines, fc.integer({ min: 16, max: 28 }), (some, prefix) => {
      const parsed = lab({ machines: some, network: { subnet: `172.16.0.0/${prefix}` } });
      const subnet = subnetOf(parsed.network.subnet);
      const { vantage, vip, machines: chosen } = addresses(parsed);
      const all = [vantage, vip, ...chosen.values()];
      const inside = all.every(
        (address) => offsetIn(subnet, address) > 0 && offsetIn(subnet, address) < subnet.size - 1,
      );
      return inside && new Set(all).size === all.length;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test('a subnet knows its size, mask and addresses', (t) => {
  const subnet = subnetOf('192.168.56.77/26');
  t.deepEqual([subnet.size, subnet.prefixLength, subnet.netmask], [64, 26, '255.255.255.192']);
  t.is(nth(subnet, 0), '192.168.56.64');
  t.is(nth(subnet, 63), '192.168.56.127');
  t.is(offsetIn(subnet, '192.168.56.63'), -1);
  t.is(nth(subnetOf('255.255.255.0/24'), 255), '255.255.255.255');
});

test('VirtualBox’s DHCP server has .100 to .254 of one network', (t) => {
  const has = ['192.168.56.99', '192.168.56.100', '192.168.56.254', '192.168.56.255', '192.168.57.101'];
  t.deepEqual(has.map(virtualboxDhcpHas), [false, true, true, false, false]);
});
