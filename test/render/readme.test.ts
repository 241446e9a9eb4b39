import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { readme } from '../../src/render/readme.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const plan = (data: unknown = {}) => planOf(labSchema.parse(data));

test('the README has the picture, every machine and every connection', (t) => {
  const own = plan();
  const text = readme(own);
  t.true(text.includes('](topology.svg)'));
  for (const { name, address } of own.machines) t.regex(text, new RegExp(`\\*\\*${name}\\*\\* .*${address}`));
  t.true(text.includes('| app | db | tcp 3306 | queries, over TLS |'));
  t.is(text.match(/VRRP \(IP protocol 112\)/g)?.length, 2);
});

test('the README gives the figures of the timing that was chosen', (t) => {
  t.true(readme(plan({ vrrp: { timing: 'classic' } })).includes('every 1000 ms'));
  t.true(readme(plan({ vrrp: { timing: 'fast' } })).includes('at most 301 ms'));
});

test('a lab of virtual machines is explained for those who only have Vagrant', (t) => {
  const text = readme(plan({ provider: 'virtualbox' }));
  t.true(text.includes('vagrant up'));
  t.true(text.includes('--resolve www.lab.test:443:192.168.56.10'));
  t.true(text.indexOf('vagrant up') < text.indexOf('quintet up'));
});

test('a lab of containers does not promise that vagrant up works as it is', (t) => {
  const text = readme(plan());
  t.false(text.includes('```sh\nvagrant up'));
  t.true(text.includes('set `provider: virtualbox`'));
});

test('the exercise is part of the README, one heading level down, its code blocks as they are', (t) => {
  const text = readme(plan(), '# Exercise\n\n```\n# a comment in shell\n```\n\n## Part one\n');
  t.true(text.includes('\n## Exercise\n'));
  t.true(text.includes('\n# a comment in shell\n'));
  t.true(text.includes('\n### Part one\n'));
  t.is(text.match(/^# .*$/gm)?.filter((line) => line !== '# a comment in shell').length, 1);
});

test('a title cannot become Markdown or HTML', (t) => {
  const [first] = readme(plan({ title: '<img src=x> [a](b) `c` | d' })).split('\n');
  t.notRegex(first ?? '', /[<>[\]`|]/);
});

test('a cluster of databases is explained, and a single database is not called one', (t) => {
  const { db, ...others } = labSchema.parse({}).machines;
  const three = planOf(labSchema.parse({ machines: { ...others, db, db2: db, db3: db } }));
  t.regex(
    readme(three),
    /## When a database dies\n\nThe 3 databases are one cluster .* within 2400 ms .* one may be lost/,
  );
  t.notRegex(readme(planOf(labSchema.parse({}))), /cluster/);
});

test('a source and its replica are explained, by their names', (t) => {
  const machines = {
    front: { roles: ['load-balancer', 'web', 'app'] },
    one: { roles: ['database'] },
    two: { roles: ['database'] },
  };
  const text = readme(planOf(labSchema.parse({ machines, database: { topology: 'replica' } })));
  t.regex(text, /## When a database dies\n\n\*\*one\*\* takes writes at first .* \*\*two\*\* .* at most 1000 ms/);
});
