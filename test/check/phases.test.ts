import test from 'ava';
import { phasesOf } from '../../src/check/phases.js';
import type { HistoryEvent } from '../../src/model/history.js';
import { between, fault, heal, history, refused, vip, withFaults, without } from './histories.js';

const cut = (probe: Parameters<ReturnType<typeof between>>[0]) =>
  between(1000, 1320, refused)(probe) ?? between(1320, 4000, { via: { loadBalancer: 'lb2' } })(probe);
const vrrp = (atMs: number, machine: string, state: 'master' | 'backup' | 'fault' | 'stopped'): HistoryEvent => ({
  type: 'vrrp',
  atMs,
  machine,
  state,
});
const arp = (atMs: number, machine: string): HistoryEvent => ({ type: 'arp', atMs, machine });

test('each part of a failover is counted from the end of the one before', (t) => {
  const observed = history(cut, vrrp(1008, 'lb1', 'fault'), vip(1010), vip(1300, 'lb2'), arp(1305, 'lb2'));
  t.deepEqual(phasesOf(observed), { detectionMs: 8, electionMs: 292, arpMs: 5, firstAnswerMs: 18 });
});

test('a machine without power gives nothing up: only the new holder is a sign', (t) => {
  const powerCut = { fault: 'power-cut' } as const;
  const silent = [vip(1010), vrrp(1010, 'lb1', 'stopped')];
  const observed = history(cut, ...silent, vrrp(1295, 'lb2', 'master'), vip(1300, 'lb2'));
  const dead = withFaults(observed, fault(1000, powerCut), heal(2000, powerCut));
  t.deepEqual(phasesOf(dead), { detectionMs: 295, electionMs: 5, firstAnswerMs: 23 });
});

test('nor does a machine that is paused', (t) => {
  const paused = { fault: 'machine-paused' } as const;
  const observed = history(cut, vip(1010), vrrp(1295, 'lb2', 'master'), vip(1300, 'lb2'));
  const asleep = withFaults(observed, fault(1000, paused), heal(2000, paused));
  t.deepEqual(phasesOf(asleep), { detectionMs: 295, electionMs: 5, firstAnswerMs: 23 });
});

test('what no observer saw is absent', (t) => {
  t.deepEqual(phasesOf(without(history(cut, vip(1300, 'lb2')), 'probe')), { detectionMs: 300, electionMs: 0 });
  t.deepEqual(phasesOf(without(history(cut), 'vip')), {});
});

test('where the VIP stays there are no parts', (t) => {
  t.deepEqual(phasesOf(history(cut)), {});
});

test('a move that the undoing made is not the failover', (t) => {
  t.deepEqual(phasesOf(history(cut, vip(2100, 'lb2'))), {});
});

test('what is over at once may move the VIP after its undoing', (t) => {
  const restart = { fault: 'service-restarted', service: 'keepalived' } as const;
  const observed = history(cut, vip(1300, 'lb2'));
  const phases = phasesOf(withFaults(observed, fault(1000, restart), heal(1005, { ...restart, tookMs: 1 })));
  t.is(phases.detectionMs, 300);
});

test('where it is not known who held the VIP there are no parts', (t) => {
  t.deepEqual(phasesOf(history(cut, vip(900, 'lb1', 'lb2'), vip(1300, 'lb2'))), {});
});

test('words of observers that pass one another make no part negative', (t) => {
  const crossed = history(cut, vip(1330, 'lb2'), arp(1290, 'lb2'));
  t.deepEqual(phasesOf(crossed), { detectionMs: 330, electionMs: 0, arpMs: 0, firstAnswerMs: 0 });
});
