import test from 'ava';
import { openStream } from '../../src/host/event-stream.js';
import type { StampedEvent } from '../../src/model/events.js';

const clock = { nowMs: () => 5000, wallClock: () => '2026-11-22T19:05:08.000Z', sleep: async () => undefined };

test('every event gets its time and its origin, and every reader hears it in order', (t) => {
  const [one, other]: StampedEvent[][] = [[], []];
  const { emit, hear } = openStream('up', clock, [(event) => one?.push(event)]);
  emit({ type: 'step-started', machine: 'lb1', step: 'start' });
  const stop = hear((event) => other?.push(event));
  emit({ type: 'note', text: 'Waiting.' });
  stop();
  emit({ type: 'step-done', machine: 'lb1', step: 'start', tookMs: 400 });
  const stamp = { wallClock: '2026-11-22T19:05:08.000Z', monotonicMs: 5000, origin: 'up' };
  t.deepEqual(one, [
    { ...stamp, type: 'step-started', machine: 'lb1', step: 'start' },
    { ...stamp, type: 'note', text: 'Waiting.' },
    { ...stamp, type: 'step-done', machine: 'lb1', step: 'start', tookMs: 400 },
  ]);
  t.deepEqual(other, [{ ...stamp, type: 'note', text: 'Waiting.' }]);
});

test('what happened earlier than it is told has both clocks of then', (t) => {
  const heard: StampedEvent[] = [];
  openStream('verify', clock, [(event) => heard.push(event)]).emit({ type: 'well', atMs: 100, monotonicMs: 3500 });
  t.like(heard[0], { monotonicMs: 3500, wallClock: '2026-11-22T19:05:06.500Z' });
});
