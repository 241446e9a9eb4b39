import { setTimeout as delay } from 'node:timers/promises';
import { Stalls } from '../../src/campaign/traffic/stalls.js';
import { systemClock } from '../../src/host/clock.js';
import { timed } from '../rig/at-last.js';

const holdUp = (durationMs: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);

timed('a process that is held up knows it at once, for how long, and since when', async (t) => {
  const stalls = new Stalls(systemClock);
  t.teardown(() => stalls.close());
  await delay(50);
  const beforeMs = systemClock.nowMs();
  holdUp(150);
  const seenMs = stalls.longestMs(beforeMs);
  t.true(seenMs >= 135 && seenMs <= 250, String(seenMs));
  const afterMs = systemClock.nowMs();
  t.true(stalls.longestMs(beforeMs + 100) <= seenMs - 80, 'only what came after the moment counts');
  await delay(30);
  t.true(stalls.longestMs(afterMs) < 100, 'and later nothing of it is left');
  t.true(stalls.longestMs(beforeMs) >= 135, 'while who began before it still knows');
});
