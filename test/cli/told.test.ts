import test from 'ava';
import { said, told } from '../../src/cli/told.js';

test('whoever watches is told of faults, of the VIP and of the end, and of nothing else', (t) => {
  const fault = { fault: 'power-cut', machine: 'lb1', atMs: 0, tookMs: 1 } as const;
  t.is(told({ type: 'fault', ...fault }), 'power-cut on lb1');
  t.is(told({ type: 'fault', ...fault, fault: 'config-broken', answer: 'refused' }), 'config-broken on lb1: refused');
  t.is(told({ type: 'heal', ...fault }), 'power-cut on lb1: undone');
  t.is(told({ type: 'vip', atMs: 0, holders: [] }), 'nobody holds the VIP');
  t.is(told({ type: 'vip', atMs: 0, holders: ['lb1', 'lb2'] }), 'the VIP is held by lb1 and lb2');
  t.is(told({ type: 'well', atMs: 0 }), 'all is well again');
  t.is(told({ type: 'arp', atMs: 0, machine: 'lb1' }), undefined);
});

test('a fault that was made by hand, and its undoing, is told in full', (t) => {
  const fault = { fault: 'config-broken', service: 'haproxy', machine: 'lb1', tookMs: 1 } as const;
  t.is(said({ type: 'fault', ...fault }), 'Done: config-broken of haproxy on lb1.');
  const refused = 'haproxy refused the broken file and goes on as before.';
  t.is(said({ type: 'fault', ...fault, answer: 'refused' }), `Done: config-broken of haproxy on lb1. ${refused}`);
  t.is(said({ type: 'heal', ...fault }), 'Undone: config-broken of haproxy on lb1.');
  t.is(said({ type: 'heal', ...fault, atMs: 0 }), undefined);
  t.is(said({ type: 'note', text: 'Late.' }), 'Late.');
});
