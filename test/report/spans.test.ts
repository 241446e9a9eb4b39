import test from 'ava';
import type { HistoryEvent } from '../../src/model/history.js';
import { faultSpans, faultWords, toneOfRouters, vipSpans, vrrpSpans } from '../../src/report/charts/spans.js';

const stopped = (type: 'fault' | 'heal', atMs: number, service: 'haproxy' | 'keepalived'): HistoryEvent => ({
  type,
  atMs,
  machine: 'lb1',
  fault: 'service-stopped',
  service,
  tookMs: 5,
});

const history: HistoryEvent[] = [
  { type: 'vip', atMs: 0, holders: ['lb1'] },
  { type: 'vrrp', atMs: 0, machine: 'lb1', state: 'master' },
  stopped('fault', 100, 'keepalived'),
  { type: 'vrrp', atMs: 110, machine: 'lb1', state: 'stopped' },
  { type: 'vip', atMs: 110, holders: [] },
  { type: 'vip', atMs: 150, holders: ['lb2'] },
  stopped('fault', 200, 'haproxy'),
  stopped('heal', 300, 'haproxy'),
  { type: 'vip', atMs: 350, holders: ['lb1', 'lb2'] },
  { type: 'run-ended', atMs: 500 },
];
const toneOf = toneOfRouters(['lb1', 'lb2']);

test('a fault lasts until it itself is undone, or to the end', (t) => {
  t.deepEqual(
    faultSpans(history).map(({ words, fromMs, toMs }) => [words, fromMs, toMs]),
    [
      ['keepalived service stopped on lb1', 100, 500],
      ['haproxy service stopped on lb1', 200, 300],
    ],
  );
});

test('the VIP is held by one, by nobody, or by several', (t) => {
  t.deepEqual(
    vipSpans(history, toneOf).map(({ words, tone, toMs }) => [words, tone, toMs]),
    [
      ['lb1', 'first', 110],
      ['nobody', 'none', 150],
      ['lb2', 'second', 350],
      ['lb1 and lb2', 'bad', 500],
    ],
  );
});

test('a state of keepalived lasts until the next one of the same machine', (t) => {
  t.deepEqual(
    vrrpSpans(history, toneOf).map(({ lane, words, fromMs, toMs }) => [lane, words, fromMs, toMs]),
    [
      ['keepalived lb1', 'master', 0, 110],
      ['keepalived lb1', 'stopped', 110, 500],
    ],
  );
});

test('a fault is named with what it was made of', (t) => {
  t.is(faultWords({ fault: 'packet-loss', percent: 10 }), 'packet loss of 10 %');
  t.is(faultWords({ fault: 'cable-cut', direction: 'in' }), 'cable cut (in)');
  t.is(faultWords({ fault: 'cable-cut', direction: 'both' }), 'cable cut');
  t.is(faultWords({ fault: 'clock-jump', bySeconds: -60 }), 'clock jump by -60 s');
});
