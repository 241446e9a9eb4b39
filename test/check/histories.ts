import type { History, HistoryEvent, ProbeEvent } from '../../src/model/history.js';

export const runStarted: HistoryEvent = {
  type: 'run-started',
  atMs: 0,
  scenario: 'cable-cut',
  wallClock: '2026-11-22T19:05:08.123Z',
  ratePerSecond: 100,
  limitMs: 500,
};

export const fault = (atMs = 1000): HistoryEvent => ({
  type: 'fault',
  atMs,
  machine: 'lb1',
  fault: 'cable-cut',
  tookMs: 5,
});
export const heal = (atMs = 2000): HistoryEvent => ({ ...fault(atMs), type: 'heal' }) as HistoryEvent;
export const vip = (atMs: number, ...holders: string[]): HistoryEvent => ({ type: 'vip', atMs, holders });
export const well = (atMs: number): HistoryEvent => ({ type: 'well', atMs });

type Change = (probe: ProbeEvent) => Partial<ProbeEvent> | undefined;

/** A probe every 10 ms from 0 to `endMs`, paths in turn, all answered in 3 ms but for what `change` says. */
export const probes = (endMs: number, change: Change = () => undefined): ProbeEvent[] =>
  Array.from({ length: Math.floor(endMs / 10) }, (_, id): ProbeEvent => {
    const probe: ProbeEvent = {
      type: 'probe',
      atMs: id * 10,
      id,
      path: id % 2 === 0 ? '/' : '/api/health',
      latenessMs: 0.5,
      latencyMs: 3,
      result: 'ok',
      status: 200,
      loadBalancer: 'lb1',
    };
    return { ...probe, ...change(probe) };
  });

export const between =
  (fromMs: number, toMs: number, change: Partial<ProbeEvent>): Change =>
  ({ atMs }) =>
    atMs >= fromMs && atMs < toMs ? change : undefined;

export const refused = { result: 'error', detail: 'ECONNREFUSED' } as const;

/** A whole run of 4 s: fault at 1000, healed at 2000, well at 2500. */
export const history = (change?: Change, ...others: HistoryEvent[]): History => [
  runStarted,
  vip(0, 'lb1'),
  ...probes(4000, change),
  fault(),
  heal(),
  well(2500),
  ...others,
  { type: 'run-ended', atMs: 4000 },
];
