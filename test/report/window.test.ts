import test from 'ava';
import type { HistoryEvent } from '../../src/model/history.js';
import { clipped, windowOf } from '../../src/report/charts/window.js';

const started: HistoryEvent = {
  type: 'run-started',
  atMs: 0,
  scenario: {
    id: 'some',
    title: 'Some',
    why: 'it may be',
    beforeMs: 0,
    afterMs: 0,
    repeat: 1,
    faults: [],
    expect: { writes: 'any' },
  },
  repetition: 1,
  attempt: 1,
  wallClock: '2026-11-22T19:05:08.123Z',
  ratePerSecond: 100,
  limitMs: 500,
};

/** Ten seconds of probes, a hundred a second, of which those in some stretches got no answer. */
const run = (away: readonly (readonly [number, number])[], ...others: readonly HistoryEvent[]): HistoryEvent[] => [
  started,
  ...others,
  ...Array.from({ length: 1001 }, (_, id): HistoryEvent => {
    const lost = away.some(([fromMs, toMs]) => id * 10 >= fromMs && id * 10 < toMs);
    const base = { type: 'probe', atMs: id * 10, id, part: 'static', path: '/', latenessMs: 0 } as const;
    return { ...base, latencyMs: lost ? 900 : 4, result: lost ? 'timeout' : 'ok' };
  }),
  { type: 'run-ended', atMs: 10_000 },
];

const made = (atMs: number): HistoryEvent => ({
  type: 'fault',
  fault: 'power-cut',
  machine: 'lb1',
  atMs,
  tookMs: 5,
});
const undone = (atMs: number): HistoryEvent => ({ ...made(atMs), type: 'heal' }) as HistoryEvent;
const vip = (atMs: number, ...holders: string[]): HistoryEvent => ({ type: 'vip', atMs, holders });

const seen: readonly [string, HistoryEvent[], readonly [number, number]][] = [
  ['nothing happened', run([]), [0, 10_000]],
  ['one outage', run([[1100, 2000]], made(1000), undone(6000)), [850, 2150]],
  ['an outage that begins just before its fault', run([[980, 2000]], made(1000)), [827, 2153]],
  ['a hand-over that cost nothing', run([], vip(0, 'lb1'), made(1000), vip(1060, 'lb2'), undone(6000)), [880, 1180]],
  [
    'until the VIP is held again',
    run([[1100, 1300]], vip(0, 'lb1'), made(1000), vip(1050), vip(1500, 'lb2')),
    [925, 1575],
  ],
  [
    'two outages together',
    run(
      [
        [1100, 1300],
        [1400, 1600],
      ],
      made(1000),
      made(1350),
    ),
    [910, 1690],
  ],
  [
    'the worse of two far apart',
    run(
      [
        [1100, 1200],
        [7100, 7500],
      ],
      made(1000),
      made(7000),
    ),
    [6925, 7575],
  ],
  ['an outage at the undoing', run([[6100, 6500]], made(1000), undone(6000)), [5925, 6575]],
  ['nearly all of the run', run([[1100, 8000]], made(1000)), [0, 10_000]],
  ['several faults that cost nothing', run([], vip(0, 'lb1'), made(1000), vip(1060, 'lb2'), made(6000)), [0, 10_000]],
];

for (const [what, history, [fromMs, toMs]] of seen) {
  test(`the picture shows ${what}`, (t) => {
    const shown = windowOf(history);
    t.deepEqual([Math.round(shown.fromMs), Math.round(shown.toMs)], [fromMs, toMs]);
  });
}

test('an outage at an edge of the run is shown within the run', (t) => {
  t.is(windowOf(run([[0, 300]], made(0))).fromMs, 0);
  t.is(windowOf(run([[9000, 11_000]], made(8900))).toMs, 10_000);
});

test('what reaches beyond is cut at the edges, and what lies outside is left out', (t) => {
  const all = [
    { fromMs: 0, toMs: 10 },
    { fromMs: 5, toMs: 25 },
    { fromMs: 30, toMs: 40 },
  ];
  t.deepEqual(clipped(all, { fromMs: 12, toMs: 20 }), [{ fromMs: 12, toMs: 20 }]);
});
