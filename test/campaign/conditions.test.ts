import test from 'ava';
import { conditionsOf, NotMetError } from '../../src/campaign/conditions.js';
import type { Ground } from '../../src/campaign/ground.js';
import { Run } from '../../src/campaign/run.js';
import type { HistoryEvent } from '../../src/model/history.js';
import type { Condition } from '../../src/model/scenario.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** A lab of which all is known, and a clock on which no time is lost. */
const opened = () => {
  let nowMs = 0;
  const later: { readonly atMs: number; readonly then: () => void }[] = [];
  const clock = {
    nowMs: () => nowMs,
    wallClock: () => '2026-11-26T00:00:00.000Z',
    sleep: async (forMs: number, signal?: AbortSignal) => {
      nowMs += forMs;
      for (const { atMs, then } of later) if (atMs <= nowMs) then();
      signal?.throwIfAborted();
    },
  };
  const lab = { holders: ['lb1'], good: 0, dump: 'free\nstopped', states: 'activating' };
  const provider = {
    exec: async (_: string, argv: readonly string[]) => ({
      exitCode: 0,
      stderr: '',
      stdout: argv.includes('quintet-standby')
        ? lab.dump
        : argv
            .slice(2)
            .map(() => lab.states)
            .join('\n'),
    }),
  };
  const ground = { plan: planOf(labSchema.parse({})), provider, clock } as unknown as Ground;
  const events: HistoryEvent[] = [];
  const told: string[] = [];
  const run = new Run(clock, (event) => events.push(event));
  run.begin({ scenario: {} as never, ratePerSecond: 100, limitMs: 500, repetition: 1, attempt: 1 });
  const conditions = conditionsOf(
    ground,
    run,
    { holders: () => lab.holders },
    { first: ['lb1'], goodAnswers: () => lab.good, withinMs: 30_000, tell: (missing) => told.push(missing) },
  );
  const after = (ms: number, then: () => void) => later.push({ atMs: nowMs + ms, then });
  const met = (condition: Condition) => conditions.met(condition, new AbortController().signal);
  return {
    lab,
    conditions,
    told,
    met,
    after,
    nowMs: () => nowMs,
    waits: () => events.filter(({ type }) => type === 'waited'),
  };
};

const dump = (state: number, heard: number) =>
  `free\ndump\n[{"data":{"state":${state}},"stats":{"advert_rcvd":${heard}}}]`;

const cases: readonly [Condition, Partial<ReturnType<typeof opened>['lab']>, RegExp][] = [
  [{ vip: 'first-standby' }, { holders: ['lb2'] }, /^lb2 alone holds the VIP \(held by lb1\)$/],
  [{ backup: 'first-standby' }, { dump: dump(1, 3) }, /keepalived does not run on lb2/],
  [{ up: { haproxy: 'lb1' } }, { states: 'active' }, /haproxy.service on lb1 is activating/],
  [{ well: 'web' }, { states: 'active' }, /nginx.service on web is activating/],
  [{ answers: 5 }, { good: 5 }, /0 in a row so far/],
];

for (const [condition, change, missing] of cases) {
  test(`${JSON.stringify(condition)} is waited for until it is so`, async (t) => {
    const { lab, met, after, nowMs, waits } = opened();
    after(2000, () => Object.assign(lab, change));
    await met(condition);
    t.true(nowMs() >= 2000 && nowMs() < 2200, String(nowMs()));
    t.like(waits()[0], { missing: undefined });
  });

  test(`${JSON.stringify(condition)} that never comes says what was missing`, async (t) => {
    const { met, waits } = opened();
    await t.throwsAsync(met(condition), { instanceOf: NotMetError, message: missing });
    t.regex((waits()[0] as { missing?: string }).missing ?? '', missing);
  });
}

test('a backup that hears nothing is none', async (t) => {
  const { lab, met } = opened();
  lab.dump = dump(1, 0);
  await t.throwsAsync(met({ backup: 'lb2' }), { message: /hears no adverts/ });
});

test('while two hold the VIP nobody holds it alone', async (t) => {
  const { lab, met } = opened();
  lab.holders = ['lb1', 'lb2'];
  await t.throwsAsync(met({ vip: 'lb2' }), { message: /held by lb1 and lb2/ });
});

test('whoever waits is told for what, and for what then', async (t) => {
  const { lab, met, told, after } = opened();
  after(1000, () => Object.assign(lab, { holders: [] }));
  after(2000, () => Object.assign(lab, { holders: ['lb2'] }));
  await met({ vip: 'lb2' });
  t.deepEqual(told, ['lb2 alone holds the VIP (held by lb1)', 'lb2 alone holds the VIP (held by nobody)']);
});

test('a standby that nobody can name yet is waited for', async (t) => {
  const { lab, met, after, nowMs } = opened();
  Object.assign(lab, { holders: [], dump: dump(1, 3) });
  after(1000, () => Object.assign(lab, { holders: ['lb1'] }));
  await met({ backup: 'vip-standby' });
  t.true(nowMs() >= 1000);
});

test('another step is waited for however long it takes, and its time is not counted', async (t) => {
  const { lab, conditions, met, after, nowMs, waits } = opened();
  after(100_000, () => conditions.undone('work'));
  after(110_000, () => Object.assign(lab, { good: 3 }));
  await met({ undone: 'work', answers: 3 });
  t.true(nowMs() >= 110_000 && nowMs() < 111_000);
  t.is(waits().length, 1);
});

test('nothing to wait for is waited for no moment', async (t) => {
  const { conditions, nowMs, waits } = opened();
  await conditions.met(undefined, new AbortController().signal);
  t.is(nowMs(), 0);
  t.deepEqual(waits(), []);
});

test('whoever is interrupted waits no longer', async (t) => {
  const { conditions } = opened();
  await t.throwsAsync(conditions.met({ answers: 1 }, AbortSignal.abort()), { any: true, name: 'AbortError' });
});

test('who a fault is meant for is waited for while nobody holds the VIP', async (t) => {
  const { lab, conditions, after, nowMs, waits } = opened();
  lab.holders = [];
  after(2000, () => Object.assign(lab, { holders: ['lb2'] }));
  t.is(await conditions.meant('vip-holder', new AbortController().signal), 'lb2');
  t.true(nowMs() >= 2000 && nowMs() < 2200, String(nowMs()));
  t.deepEqual(waits(), []);
});

test('a fault that is meant for nobody in all that time is not made, and the run says why', async (t) => {
  const { lab, conditions, waits } = opened();
  lab.holders = ['lb1', 'lb2'];
  const error = await t.throwsAsync(conditions.meant('vip-standby', new AbortController().signal));
  t.true(error instanceof NotMetError);
  t.like(waits()[0], { missing: 'Exactly one machine must hold the VIP, but lb1 and lb2 does.' });
});
