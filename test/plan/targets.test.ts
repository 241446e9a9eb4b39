import test from 'ava';
import { machinesMeant, readTarget } from '../../src/plan/targets.js';

const machines = [
  { name: 'lb1', roles: ['load-balancer', 'web'] },
  { name: 'lb2', roles: ['load-balancer', 'web'] },
  { name: 'app', roles: ['app'] },
  { name: 'web', roles: ['app'] },
];
const meant = (text: string) => {
  const target = readTarget(text, machines);
  return target && machinesMeant(target, machines);
};

const rows: readonly (readonly [target: string, machines: readonly string[] | undefined])[] = [
  ['vip-holder', ['lb1', 'lb2']],
  ['load-balancer', ['lb1']],
  ['load-balancer[2]', ['lb2']],
  ['load-balancer[3]', []],
  ['each load-balancer', ['lb1', 'lb2']],
  ['any load-balancer', ['lb1', 'lb2']],
  ['lb2', ['lb2']],
  // A machine's own name goes before the role of the same name.
  ['web', ['web']],
  ['web[1]', ['lb1']],
  ['each  app', ['app', 'web']],
  ['database', []],
  ['mail', undefined],
  ['web[0]', undefined],
  ['web[-1]', undefined],
  ['web[1.5]', undefined],
  ['each web[1]', undefined],
  ['every web', undefined],
  ['any lb1', undefined],
  ['', undefined],
];
for (const [target, expected] of rows) {
  test(`${JSON.stringify(target)} means ${expected?.join(', ') ?? 'nothing'}`, (t) =>
    t.deepEqual(meant(target), expected));
}

test('of application servers that take turns the role means the live one', (t) => {
  const turns = [
    { name: 'blue', roles: ['app'], takesTurns: true },
    { name: 'green', roles: ['app'], takesTurns: true },
  ] as const;
  t.deepEqual(readTarget('app', turns), { kind: 'turn', live: true });
  t.deepEqual(readTarget('live', turns), { kind: 'turn', live: true });
  t.deepEqual(readTarget('idle', turns), { kind: 'turn', live: false });
  t.deepEqual(readTarget('app[2]', turns), { kind: 'role', role: 'app', which: 2 });
  t.is(readTarget('idle', machines), undefined);
  t.deepEqual(machinesMeant({ kind: 'turn', live: false }, turns), ['blue', 'green']);
});
