import test from 'ava';
import { recorded } from '../../src/check/recorded.js';
import type { LabEvent } from '../../src/model/events.js';
import { eventProblem } from '../../src/model/record-schema.js';
import { record } from '../report/records.js';

const stamp = { wallClock: '2026-11-22T19:05:08.123Z', monotonicMs: 5000, origin: 'verify' };
const kept = (event: LabEvent) => recorded({ ...stamp, ...event });

test('a record that was told again stays what it was, but for the monotonic time of each beginning', (t) => {
  for (const event of record) {
    const begins = event.type === 'verification-started' || event.type === 'run-started';
    t.deepEqual(kept(event), begins ? { ...event, monotonicMs: 5000 } : event);
    t.is(eventProblem(kept(event)), undefined);
  }
});

test('what happens outside of any run is in no record, and neither is what follows from one', (t) => {
  const fault = { fault: 'power-cut', machine: 'lb1', tookMs: 1 } as const;
  const finding = { kind: 'scenario', id: 'own', title: 'own', outcome: 'pass', detail: '' } as const;
  const others: LabEvent[] = [
    { type: 'fault', ...fault },
    { type: 'heal', ...fault },
    { type: 'note', text: 'The lab is not well.' },
    { type: 'output', line: 'waiting' },
    { type: 'step-started', step: 'checks' },
    { type: 'scenario-started', id: 'own', title: 'own' },
    { type: 'scenario-ended', finding, tookMs: 1 },
  ];
  for (const event of others) t.is(kept(event), undefined, event.type);
  t.deepEqual(kept({ type: 'found', finding }), { type: 'found', finding });
  t.deepEqual(kept({ type: 'fault', ...fault, atMs: 10 }), { type: 'fault', ...fault, atMs: 10 });
});
