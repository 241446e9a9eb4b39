import test from 'ava';
import { labSchema } from '../../src/roles/lab-schema.js';

test('everything in a lab may be left out', (t) => {
  const lab = labSchema.parse({});
  t.deepEqual(Object.keys(lab.machines), ['lb1', 'lb2', 'web', 'app', 'db']);
  t.is(lab.network.subnet, '192.168.56.0/24');
  t.is(lab.vrrp.timing, 'balanced');
});

test('one key of a section leaves the others at their defaults', (t) => {
  t.deepEqual(labSchema.parse({ ports: { http: 8080 } }).ports, { ...labSchema.parse({}).ports, http: 8080 });
});

test('two labs do not share what one of them changes', (t) => {
  const one = labSchema.parse({});
  (one.machines as Record<string, unknown>).extra = { roles: ['web'], cores: 1 };
  (one.ports as { http: number }).http = 1;
  const other = labSchema.parse({});
  t.false('extra' in other.machines);
  t.is(other.ports.http, 80);
});

const names: readonly (readonly [name: string, good: boolean])[] = [
  ['lb1', true],
  ['a', true],
  ['a-b', true],
  [`a${'b'.repeat(31)}`, true],
  [`a${'b'.repeat(32)}`, false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['1a', false],
  ['A', false],
  ['a_b', false],
  ['a.b', false],
  ['a b', false],
  ['a\n', false],
  ['$(id)', false],
];

for (const [name, good] of names) {
  test(`${JSON.stringify(name)} is ${good ? 'a' : 'no'} machine name`, (t) => {
    const machines = JSON.parse(`{${JSON.stringify(name)}: {"roles": ["web"]}}`) as never;
    t.is(labSchema.safeParse({ machines }).success, good);
  });
}

for (const [title, good] of [
  ['It’s “mine”', true],
  ['#{x} $(y) <%', true],
  ['two\nlines', false],
  ['\u0000', false],
  ['\u009b', false],
  ['', false],
] as const) {
  test(`${JSON.stringify(title)} is ${good ? 'a' : 'no'} title`, (t) => {
    t.is(labSchema.safeParse({ title }).success, good);
  });
}
