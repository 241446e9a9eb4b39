import test from 'ava';
import { allUndoneMs, spells } from '../../src/check/spells.js';
import { fault, heal } from './histories.js';

const spell = (...events: Parameters<typeof spells>[0]) =>
  spells(events).map(({ madeMs, undoBegunMs, undoneMs }) => [madeMs, undoBegunMs, undoneMs]);

test('a fault lasts from its making to the end of its undoing', (t) => {
  t.deepEqual(spell(fault(1000), heal(2000, { tookMs: 30 })), [[1005, 2000, 2030]]);
});

test('the same fault made twice is undone twice', (t) => {
  t.deepEqual(spell(fault(1000), heal(2000), fault(3000), heal(4000)), [
    [1005, 2000, 2005],
    [3005, 4000, 4005],
  ]);
});

test('the undoing of another fault, machine or service undoes nothing', (t) => {
  const killed = { fault: 'process-killed', service: 'haproxy' } as const;
  const others = [
    heal(2000, { ...killed, service: 'nginx' }),
    heal(2000, { ...killed, machine: 'lb2' }),
    heal(2000, { fault: 'power-cut' }),
  ];
  for (const other of others) t.is(allUndoneMs([fault(1000, killed), other]), undefined);
  t.is(allUndoneMs([fault(1000, killed), heal(2000, killed)]), 2005);
});

test('everything is undone when the last undoing ends', (t) => {
  const web = { machine: 'web' };
  const both = [fault(1000), fault(1100, web), heal(1500, { ...web, tookMs: 900 }), heal(2000)];
  t.is(allUndoneMs(both), 2400);
  t.is(allUndoneMs([]), undefined);
});

test('what is over at once needs no undoing', (t) => {
  t.deepEqual(spell(fault(1000, { fault: 'service-reloaded', service: 'haproxy' })), [[1005, 1005, 1005]]);
});
