import test from 'ava';
import { Run } from '../../src/campaign/run.js';
import type { HistoryEvent } from '../../src/model/history.js';

const begun = () => {
  let nowMs = 0;
  const events: HistoryEvent[] = [];
  const clock = { nowMs: () => nowMs, wallClock: () => '', sleep: async () => undefined };
  const run = new Run(clock, (event) => events.push(event));
  run.begin({ scenario: {} as never, ratePerSecond: 100, limitMs: 500, repetition: 1, attempt: 1 });
  return {
    run,
    at: (ms: number) => {
      nowMs = run.originMs + ms;
    },
    events,
  };
};

test('holders of the VIP stand in the order in which they were told, however late', (t) => {
  const { run, at } = begun();
  at(1000);
  run.addNow({ type: 'vip', holders: [] });
  at(1000.02);
  run.addNow({ type: 'vip', holders: ['lb1'] }, 0.04);
  at(1500);
  run.addNow({ type: 'vip', holders: ['lb1', 'lb2'] }, 700);
  const told = run.history().flatMap((event) => (event.type === 'vip' ? [[event.atMs, event.holders.join()]] : []));
  t.deepEqual(told, [
    [1000, ''],
    [1000, 'lb1'],
    [1000, 'lb1,lb2'],
  ]);
});

test('anything else happened when it happened', (t) => {
  const { run, at } = begun();
  at(1000);
  run.addNow({ type: 'vrrp', machine: 'lb1', state: 'master' });
  run.addNow({ type: 'vrrp', machine: 'lb2', state: 'backup' }, 30);
  t.deepEqual(
    run.history().flatMap((event) => (event.type === 'vrrp' ? [event.machine] : [])),
    ['lb2', 'lb1'],
  );
});
