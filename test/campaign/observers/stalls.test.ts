import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Observed } from '../../../src/campaign/observers/observed.js';
import { stallsBetween, testimony, type Word, watchStalls, wordIn } from '../../../src/campaign/observers/stalls.js';
import { systemClock } from '../../../src/host/clock.js';
import type { Provider } from '../../../src/providers/provider.js';
import { plan } from '../../check/plans.js';

test('a witness says when, how late, what a start cost, what was stolen, and who waited for what', (t) => {
  t.deepEqual(wordIn('5000000 120 2400 7 lb1 300000 0 1500 vantage - - -'), {
    atMs: 5000,
    lateMs: 0.12,
    startMs: 2.4,
    stolenMs: 70,
    pressure: { lb1: { cpu: 300, memory: 0, io: 1.5 }, vantage: {} },
  });
  t.deepEqual(wordIn('5000000 120 2400 -'), { atMs: 5000, lateMs: 0.12, startMs: 2.4, pressure: {} });
});

for (const line of ['', 'bash: no such file', '- - - -', '12']) {
  test(`this is nothing that a witness says: ${line || 'an empty line'}`, (t) => t.is(wordIn(line), undefined));
}

const word = (atMs: number, change: Partial<Word> = {}): Word => ({
  atMs,
  lateMs: 0,
  startMs: 2,
  stolenMs: 0,
  pressure: {},
  ...change,
});
const cpu = (atMs: number, total: number) => word(atMs, { pressure: { lb1: { cpu: total, memory: 0, io: 0 } } });
const stall = (where: string, by: string, lostMs: number) => ({ type: 'stall', forMs: 200, where, by, lostMs });

for (const [what, before, now, stalls] of [
  ['what grew is lost', cpu(0, 100), cpu(200, 180), [stall('lb1', 'cpu', 80)]],
  ['what is usual is not told', cpu(0, 100), cpu(200, 125), []],
  ['a group that was made anew begins at nothing', cpu(0, 5000), cpu(200, 60), [stall('lb1', 'cpu', 60)]],
  ['a group that is new has lost nothing yet', word(0), cpu(200, 5000), []],
  ['a group that is gone tells nothing', cpu(0, 100), word(200), []],
  [
    'a database waits for its disk',
    word(0, { pressure: { db: { io: 0 } } }),
    word(200, { pressure: { db: { io: 45 } } }),
    [],
  ],
  [
    'but not all the time',
    word(0, { pressure: { db: { io: 0 } } }),
    word(200, { pressure: { db: { io: 145 } } }),
    [stall('db', 'io', 145)],
  ],
  ['a single tick is no theft', word(0), word(200, { stolenMs: 10 }), []],
  ['a hypervisor takes', word(0), word(200, { stolenMs: 60 }), [stall('vantage', 'steal', 60)]],
  ['a start takes long', word(0), word(200, { startMs: 40 }), [stall('vantage', 'start', 40)]],
  ['a beat comes late', word(0), word(200, { lateMs: 30 }), [stall('vantage', 'late', 30)]],
] as const) {
  test(`between two words: ${what}`, (t) => t.deepEqual(stallsBetween(before, now, 'vantage') as unknown, [...stalls]));
}

test('a stall is told from when its sample began, also where the line was heard late', (t) => {
  const told: [Observed, number][] = [];
  let nowMs = 1000;
  const hear = testimony(
    'vantage',
    (event, agoMs) => told.push([event, agoMs]),
    () => nowMs,
  );
  hear('5000000 0 2000 0');
  nowMs = 1200;
  hear('5200000 0 2000 0');
  nowMs = 1700;
  hear('5400000 0 90000 0');
  t.deepEqual(told, [[{ type: 'stall', where: 'vantage', by: 'start', forMs: 200, lostMs: 90 }, 500]]);
});

/** A provider whose vantage is this computer and whose machines are folders. */
const provider = (folder: string): Provider =>
  ({
    atVantage: (argv: readonly string[]) => argv,
    pressure: async (who: string) => join(folder, who),
  }) as unknown as Provider;

test.serial('a real witness tells of groups that come and go', async (t) => {
  if (process.platform !== 'linux') return void t.pass();
  const folder = await mkdtemp(join(tmpdir(), 'quintet-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const told: Observed[] = [];
  const over = new AbortController();
  const ended = watchStalls(
    { plan, provider: provider(folder), clock: systemClock },
    (event) => told.push(event),
    over.signal,
  );
  await mkdir(join(folder, 'lb1'));
  for (let total = 0, left = 40; left > 0 && told.length < 2; left -= 1, total += 90_000) {
    await writeFile(join(folder, 'lb1', 'cpu.pressure'), `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`);
    await delay(150);
  }
  over.abort();
  await ended;
  const stall = told.find((event) => event.type === 'stall' && event.where === 'lb1');
  t.like(stall, { type: 'stall', by: 'cpu' });
});
