import test from 'ava';
import { Chalk } from 'chalk';
import { watchLines } from '../../../src/cli/watch/watch-lines.js';
import { foldWatched, nothingSeen, toldOf, type Watched } from '../../../src/cli/watch/watched.js';
import type { HistoryEvent } from '../../../src/model/history.js';

const limitMs = 500;
const vip = (atMs: number, ...holders: string[]): HistoryEvent => ({ type: 'vip', atMs, holders });
const probe = (atMs: number, change: Partial<Extract<HistoryEvent, { type: 'probe' }>> = {}): HistoryEvent => ({
  type: 'probe',
  atMs,
  id: atMs,
  part: 'static',
  path: '/',
  latenessMs: 0,
  latencyMs: 7,
  result: 'ok',
  status: 200,
  via: { loadBalancer: 'lb1', web: 'web' },
  ...change,
});
const timeout = { result: 'timeout', latencyMs: 900 } as const;

/** The lab after these events, and the lines that were told meanwhile. */
const seen = (...events: HistoryEvent[]): { readonly view: Watched; readonly told: readonly string[] } => {
  let view = nothingSeen;
  const told: string[] = [];
  for (const event of events) {
    const after = foldWatched(view, event, limitMs);
    const line = toldOf(view, after, event);
    if (line) told.push(line.text);
    view = after;
  }
  return { view, told };
};

test('how things stand at first is no news, what changes is', (t) => {
  const { view, told } = seen(vip(0, 'lb1'), vip(10, 'lb1'), vip(1000), vip(1300, 'lb2'), vip(1400, 'lb1', 'lb2'));
  t.deepEqual(told, ['nobody holds the virtual IP', 'lb2 holds the virtual IP', 'lb1 and lb2 hold the virtual IP']);
  t.is(view.heldSinceMs, 1400);
});

test('requests that got no good answer are told once it is over, whenever each was given up', (t) => {
  const { told } = seen(
    probe(0),
    probe(200),
    probe(100, timeout),
    probe(150, { latencyMs: 501 }),
    probe(1600),
    probe(1700),
  );
  t.deepEqual(told, ['2 requests got no good answer from 0.10 s to 0.15 s']);
});

test('a server is down as long as any load balancer says so', (t) => {
  const down = (machine: string, up: boolean): HistoryEvent => ({
    type: 'backend',
    atMs: 0,
    machine,
    server: 'web',
    up,
  });
  const { view, told } = seen(down('lb1', true), down('lb2', false), down('lb1', false), down('lb2', true));
  t.deepEqual([...view.down], [['web', ['lb1']]]);
  t.deepEqual(told, ['lb2 sees web down', 'lb1 sees web down', 'lb2 sees web up']);
});

const look = {
  columns: 60,
  chalk: new Chalk({ level: 0 }),
  heading: 'A lab',
  paths: { static: '/', dynamic: '/how-is-it' },
  faults: ['power-cut on lb1'],
  limitMs,
};

test('the picture says who holds the VIP, who serves, what is broken, and how answers were', (t) => {
  const state: HistoryEvent = { type: 'vrrp', atMs: 0, machine: 'lb1', state: 'master' };
  const { view } = seen(vip(0, 'lb1'), state, probe(1000), probe(1050, { latencyMs: 480 }), probe(1100, timeout));
  t.deepEqual(watchLines(view, look), [
    'A lab',
    '',
    'virtual IP    lb1 holds the virtual IP, for 1 s',
    'keepalived    lb1 master',
    'served by     lb1 → web',
    'broken        power-cut on lb1',
    '',
    '/             ▃█✖  no good answer',
    '/how-is-it    no answer yet',
  ]);
});

test('no line is longer than the terminal is wide', (t) => {
  const many = Array.from({ length: 300 }, (_, index) => probe(index * 50));
  for (const columns of [20, 60, 80, 200]) {
    for (const line of watchLines(seen(...many).view, { ...look, columns, heading: 'x'.repeat(300) })) {
      t.true(line.length < Math.max(columns, 14 + 10 + 17), `${columns}: ${line}`);
    }
  }
});
