import test from 'ava';
import { type Arrivals, dueMs, turn } from '../../../src/campaign/traffic/pacer.js';

const arrivals: Arrivals = { ratePerSecond: 100, startMs: 1000, most: 1000 };

test('a probe is due at the start plus its index over the rate, however many came before', (t) => {
  t.is(dueMs(arrivals, 0), 1000);
  t.is(dueMs(arrivals, 1), 1010);
  t.is(dueMs({ ...arrivals, ratePerSecond: 3 }, 3_000_000), 1_000_001_000);
});

const table = [
  { when: 'before the start it waits for the first', nowMs: 900, sent: 0, send: 0, waitMs: 100 },
  { when: 'at the start the first is due', nowMs: 1000, sent: 0, send: 1, waitMs: 10 },
  { when: 'between two it waits for the next', nowMs: 1004, sent: 1, send: 0, waitMs: 6 },
  { when: 'exactly when it is due it is sent', nowMs: 1010, sent: 1, send: 1, waitMs: 10 },
  { when: 'after a stall all that were due are sent at once', nowMs: 1505, sent: 1, send: 50, waitMs: 5 },
  { when: 'having sent ahead it never sends again', nowMs: 1000, sent: 3, send: 0, waitMs: 30 },
  { when: 'it stops at the most', nowMs: 999_999, sent: 990, send: 10, waitMs: undefined },
  { when: 'after the most nothing is sent', nowMs: 999_999, sent: 1000, send: 0, waitMs: undefined },
];

for (const { when, nowMs, sent, send, waitMs } of table) {
  test(`pacer: ${when}`, (t) => {
    t.deepEqual(turn(arrivals, nowMs, sent), waitMs === undefined ? { send } : { send, waitMs });
  });
}

test('a walk from turn to turn sends every probe once and none before it is due', (t) => {
  const odd: Arrivals = { ratePerSecond: 7, startMs: 0, most: 500 };
  let nowMs = 0;
  let sent = 0;
  for (;;) {
    const { send, waitMs } = turn(odd, nowMs, sent);
    for (let index = sent; index < sent + send; index += 1) t.true(dueMs(odd, index) <= nowMs + 1e-9);
    sent += send;
    if (waitMs === undefined) break;
    nowMs += waitMs + 0.001;
  }
  t.is(sent, 500);
});
