import test from 'ava';
import { told } from '../../src/campaign/told.js';

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
