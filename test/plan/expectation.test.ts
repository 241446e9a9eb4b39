import test from 'ava';
import fc from 'fast-check';
import { catalogueLab } from '../../src/host/catalogue.js';
import { scenarioSchema } from '../../src/model/scenario.js';
import { scheduled } from '../../src/plan/expectation.js';
import { evaluate, FormulaError, timersOf } from '../../src/plan/formula.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const timers = {
  advert: 300,
  skew: 4,
  masterDown: 904,
  haproxyDown: 1150,
  clusterDown: 0,
  semiSync: 0,
  preemptDelay: 10_000,
  limit: 500,
  pace: 1,
};

const worth: readonly (readonly [formula: string, ms: number])[] = [
  ['150 ms', 150],
  ['150ms', 150],
  ['1.5 s', 1500],
  ['masterDown + 150 ms', 1054],
  ['skew + 50 ms', 54],
  ['3 * advert + skew', 904],
  ['2 * (advert + 1.5s) - 100 ms', 3500],
  ['masterDown / 2', 452],
  ['masterDown - -1 s', 1904],
  ['1 s - 1 s', 0],
  ['haproxyDown + skew', 1154],
  ['preemptDelay + masterDown', 10_904],
  ['limit', 500],
];

for (const [formula, ms] of worth) {
  test(`${formula} is ${ms} ms`, (t) => {
    t.is(evaluate(formula, timers), ms);
  });
}

const nothing: readonly (readonly [formula: string, message: RegExp, from: number, suggestion?: string])[] = [
  ['masterDwn + 1 s', /^masterDwn is no name/, 0, 'masterDown'],
  ['1 s + MASTERDOWN', /^MASTERDOWN is no name/, 6, 'masterDown'],
  ['banana', /^banana is no name/, 0],
  ['constructor', /^constructor is no name/, 0],
  ['__proto__ + 1 s', /^__proto__ is no name/, 0],
  ['150', /has no unit/, 0, '150 ms'],
  ['masterDown + 150', /150 has no unit/, 0],
  ['150 - masterDown', /150 has no unit/, 0],
  ['advert * skew', /no duration/, 0],
  ['1 / advert', /divided by a duration/, 0],
  ['advert / 0', /divided by 0/, 0],
  ['advert - 10 s', /at least 0 ms/, 0],
  ['advert +', /is no formula/, 7],
  ['(advert', /is no formula/, 6],
  ['', /made of timers/, 0],
  ['1 ms 2 ms', /made of timers/, 0],
  ['advert.toString', /made of timers/, 0],
  ['evaluate(1)', /made of timers/, 0],
  ['this', /made of timers/, 0],
  ['advert; skew', /^; means nothing/, 6],
  ['$0 + 1 ms', /^\$ means nothing/, 0],
  ['$000 + 1 ms', /^\$ means nothing/, 0],
  ['`1 s`', /^` means nothing/, 0],
];

for (const [formula, message, from, suggestion] of nothing) {
  test(`${formula || 'an empty formula'} is refused`, (t) => {
    const error = t.throws(() => evaluate(formula, timers), { instanceOf: FormulaError });
    t.regex(error.message, message);
    t.is(error.from, from);
    t.is(error.suggestion, suggestion);
  });
}

test('any text is a duration or a FormulaError, nothing else', (t) => {
  const parts = fc.constantFrom(
    'advert',
    ' ',
    '+',
    '-',
    '*',
    '/',
    '(',
    ')',
    '1',
    '.',
    'ms',
    ' s',
    'this',
    '[',
    '"',
    '$',
    ',',
    '!',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(parts, { maxLength: 20 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (formula) => {
      try {
        return Number.isFinite(evaluate(formula, timers));
      } catch (error) {
        if (error instanceof FormulaError) return error.from >= 0;
        throw error;
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('sums of durations are what arithmetic says', (t) => {
  const durations = fc.array(fc.integer({ min: 0, max: 9999 }), { minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(durations, (all) => {
      return evaluate(all.map((ms) => `${ms} ms`).join(' + '), timers) === all.reduce((sum, ms) => sum + ms, 0);
    }),
  );
  t.pass();
});

const scenario = scenarioSchema.parse({
  id: 'power-cut',
  title: 'Power',
  why: 'To see',
  before: '1 s',
  faults: [
    { fault: 'service-reloaded', target: 'web', service: 'nginx', at: 'advert + 1 s' },
    { fault: 'power-cut', target: 'vip-holder', for: 'masterDown + 1 s' },
  ],
  after: 'limit',
  expect: {
    site: { outageAtMost: 'masterDown + 150 ms' },
    dynamic: { outage: 'expected', status: 503, backWithin: '2 s' },
    vip: { heldBy: 'one', moves: 'away', notOneAtMost: 'skew * 2', oneWithin: 'advert' },
    breaksAtMost: 3,
  },
});

for (const [timing, advert, masterDown] of [
  ['classic', 1000, 3011.71875],
  ['balanced', 300, 903.515625],
  ['fast', 100, 301.171875],
] as const) {
  test(`a scenario under the timing ${timing} is bound by its own timers`, (t) => {
    const plan = planOf(labSchema.parse({ vrrp: { timing } }));
    t.deepEqual(scheduled(scenario, plan), {
      id: 'power-cut',
      title: 'Power',
      why: 'To see',
      beforeMs: 1000,
      faults: [
        { fault: 'power-cut', target: 'vip-holder', atMs: 0, forMs: masterDown + 1000 },
        { fault: 'service-reloaded', target: 'web', service: 'nginx', atMs: advert + 1000, forMs: 0 },
      ],
      afterMs: 500,
      repeat: 1,
      expect: {
        site: { outageExpected: false, outageAtMostMs: masterDown + 150 },
        dynamic: { outageExpected: true, status: 503, backWithinMs: 2000 },
        vip: {
          heldByOne: true,
          splitExpected: false,
          moves: 'away',
          notOneAtMostMs: 2 * (masterDown - 3 * advert),
          oneWithinMs: advert,
        },
        writes: 'kept',
        breaksAtMost: 3,
      },
    });
  });
}

test('on slow machines the amounts of a scenario last longer, as its timers do', (t) => {
  const plan = planOf(labSchema.parse({ vrrp: { advertMs: 5000 }, verify: { limitMs: 4000 } }));
  const { beforeMs, faults, afterMs, expect } = scheduled(scenario, plan);
  t.is(beforeMs, 5000);
  t.deepEqual(
    faults.map(({ atMs }) => atMs),
    [0, 10_000],
  );
  t.is(faults[0]?.forMs, plan.vrrp.masterDownMs + 5000);
  t.is(afterMs, 4000, 'what the user set stands as it is');
  t.is(expect.site?.outageAtMostMs, plan.vrrp.masterDownMs + 750);
});

test('on a slow computer programs may need longer, and a fault outlasts that; no timer changes', (t) => {
  const plan = planOf(labSchema.parse({}));
  const { masterDownMs } = plan.vrrp;
  const { beforeMs, faults, expect } = scheduled(scenario, plan, 3);
  t.is(beforeMs, 1000);
  t.is(expect.site?.outageAtMostMs, masterDownMs + 450);
  t.is(expect.dynamic?.backWithinMs, 6000);
  t.is(expect.vip?.oneWithinMs, plan.vrrp.advertMs);
  t.deepEqual(
    faults.map(({ forMs }) => forMs),
    [masterDownMs + 1000 + 300, 0],
  );
});

test('a service that must help itself is left alone as much longer as it may take for that', (t) => {
  const plan = planOf(labSchema.parse({}));
  const killed = scenarioSchema.parse({
    ...scenario,
    faults: [{ fault: 'process-killed', service: 'nginx', target: 'web', for: '2500 ms' }],
    expect: { site: { outage: 'expected', outageAtMost: '2 s' } },
  });
  const { faults, expect } = scheduled(killed, plan, 3);
  t.is(expect.site?.outageAtMostMs, 6000);
  t.is(faults[0]?.forMs, 6500);
});

test('what is left alone until the site answers again lasts no longer on a slow computer', (t) => {
  const plan = planOf(labSchema.parse({}));
  const until = { answers: 50 };
  const killed = scenarioSchema.parse({
    ...scenario,
    faults: [{ fault: 'process-killed', service: 'nginx', target: 'web', for: '500 ms', until }],
    expect: { site: { outage: 'expected', outageAtMost: '2 s' } },
  });
  const { faults, expect } = scheduled(killed, plan, 3);
  t.is(expect.site?.outageAtMostMs, 6000);
  t.is(faults[0]?.forMs, 500);
});

test('no bound of a scenario that ships is reached only after its fault was healed, on any computer', async (t) => {
  const plan = planOf(labSchema.parse({}));
  const { scenarios } = await catalogueLab('scale-up');
  for (const pace of [1, 2.5, 5]) {
    for (const { id, faults, expect } of scenarios.map((each) => scheduled(each, plan, pace))) {
      // What lasts until something is so is as long as that takes.
      if (faults.some(({ until }) => until)) continue;
      const lastMs = faults.reduce((sum, { forMs }) => sum + forMs, 0);
      const parts = [expect.site, expect.static, expect.dynamic].filter((part) => part?.backWithinMs === undefined);
      const bounds = [...parts.map((part) => part?.outageAtMostMs), expect.vip?.notOneAtMostMs];
      for (const boundMs of bounds) t.true(lastMs > (boundMs ?? -1), `${id} ${pace}`);
    }
  }
});

test('where several faults last, only what comes after them may take longer', (t) => {
  const plan = planOf(labSchema.parse({}));
  const busy = { fault: 'cpu-pressure' as const, target: 'vip-standby', at: '0 ms', for: '5 s' };
  const { faults, expect } = scheduled({ ...scenario, faults: [...scenario.faults, busy] }, plan, 3);
  t.is(expect.site?.outageAtMostMs, plan.vrrp.masterDownMs + 150);
  t.is(expect.dynamic?.backWithinMs, 6000);
  t.deepEqual(
    faults.map(({ forMs }) => forMs),
    [plan.vrrp.masterDownMs + 1000, 5000, 0],
  );
});

test('slower adverts have allowed for a slow computer already', (t) => {
  const plan = planOf(labSchema.parse({ vrrp: { advertMs: 10_000 }, verify: { limitMs: 4000 } }));
  t.deepEqual(scheduled(scenario, plan, 5), scheduled(scenario, plan));
});

test('a scenario that expects nothing more than its writes is bound by nothing else', (t) => {
  const plan = planOf(labSchema.parse({}));
  t.deepEqual(scheduled({ ...scenario, expect: { writes: 'kept' } }, plan).expect, { writes: 'kept' });
});

test('what begins together stays in the order of the file', (t) => {
  const plan = planOf(labSchema.parse({}));
  const faults = ['lb1', 'lb2', 'web'].map((target) => ({
    fault: 'power-cut' as const,
    target,
    at: '0 ms',
    for: '1 s',
  }));
  t.deepEqual(
    scheduled({ ...scenario, faults }, plan).faults.map(({ target }) => target),
    ['lb1', 'lb2', 'web'],
  );
});

test('where the first load balancer takes the VIP back, one that had to move away may be back at the end', (t) => {
  const moves = (vrrp: object) => scheduled(scenario, planOf(labSchema.parse({ vrrp }))).expect.vip?.moves;
  t.is(moves({}), 'away');
  t.is(moves({ preempt: true }), 'either');
});

test('a plan’s timers are in milliseconds', (t) => {
  t.deepEqual(timersOf(planOf(labSchema.parse({ vrrp: { preemptDelayS: 3 } }))), {
    advert: 300,
    skew: 3.515625,
    masterDown: 903.515625,
    haproxyDown: 1150,
    clusterDown: 0,
    semiSync: 0,
    preemptDelay: 3000,
    limit: 500,
    pace: 1,
  });
});

test('the longest wait for a hung HAProxy follows from the check that the system can make', (t) => {
  const { haproxyDown } = timersOf(planOf(labSchema.parse({ system: 'debian-12', database: { engine: 'mariadb' } })));
  t.is(haproxyDown, 2250);
});

const usualPlan = planOf(labSchema.parse({}));

test('what must hold where nobody else does what a fault takes away holds there alone', (t) => {
  const scenario = scenarioSchema.parse({
    id: 'cut',
    title: 'cut',
    why: 'cut',
    faults: [{ fault: 'power-cut', target: 'web', for: '2 s' }],
    expect: { site: { outageAtMost: '1 s' } },
    alone: { site: { outage: 'expected' } },
  });
  const single = scheduled(scenario, usualPlan);
  t.true(single.alone);
  t.deepEqual(single.expect.site, { outageExpected: true });
  const { machines } = labSchema.parse({});
  const double = scheduled(scenario, planOf(labSchema.parse({ machines: { ...machines, web2: { roles: ['web'] } } })));
  t.false('alone' in double);
  t.deepEqual(double.expect.site, { outageExpected: false, outageAtMostMs: 1000 });
});

test('what happens to each machine of a role is one fault for each', (t) => {
  const scenario = scenarioSchema.parse({
    id: 'cut',
    title: 'cut',
    why: 'cut',
    faults: [{ fault: 'power-cut', target: 'each load-balancer', for: '2 s' }],
    expect: {},
  });
  t.deepEqual(
    scheduled(scenario, usualPlan).faults.map(({ target }) => target),
    ['lb1', 'lb2'],
  );
});
