import test from 'ava';
import { judgeSite } from '../../src/check/site-part.js';
import type { ScheduledSite } from '../../src/model/scenario.js';
import {
  between,
  busy,
  dynamic,
  fault,
  heal,
  history,
  probes,
  refused,
  runStarted,
  site,
  stall,
  unavailable,
  withFaults,
  without,
} from './histories.js';

const outage300 = between(1000, 1300, refused);
const judge = (of: ReturnType<typeof history>, expected: Partial<ScheduledSite> = {}) =>
  judgeSite(of, 'site', site(expected));
const within = (of: ReturnType<typeof history>, outageAtMostMs: number) => judge(of, { outageAtMostMs });

test('an outage within the bound passes and is measured', (t) => {
  const { outcome, detail, measures } = within(history(outage300), 400);
  t.is(outcome, 'pass');
  t.is(detail, 'outage 310 ms of at most 400 ms');
  t.deepEqual(measures?.[0], { name: 'outage', value: 310, unit: 'ms', atMost: 400 });
  t.is(measures?.find((each) => each.name === 'failed')?.value, 30);
});

test('an outage beyond the bound fails', (t) => {
  const { outcome, detail } = within(history(outage300), 300);
  t.is(outcome, 'fail');
  t.is(detail, 'outage 310 ms of at most 300 ms');
});

test('what stalls of this computer explain is not held against the lab', (t) => {
  const { outcome, detail } = within([...history(outage300), stall(1000, 5)], 300);
  t.is(outcome, 'unknown');
  t.is(detail, 'this computer was busy: lb2 could not run for 5 ms of 310 ms; outage 310 ms of at most 300 ms');
  t.is(within([...history(outage300), stall(1000, 4)], 300).outcome, 'fail', 'too little is no excuse');
  t.is(within([...history(outage300), stall(2000, 190)], 300).outcome, 'fail', 'what came after is none');
});

test('a lab that passes on a busy computer passes', (t) => {
  t.is(within([...history(outage300), ...busy(0, 4000)], 400).outcome, 'pass');
});

test('several outages count together', (t) => {
  const twice = history((probe) => outage300(probe) ?? between(2000, 2300, refused)(probe));
  t.is(within(twice, 400).outcome, 'fail');
  t.is(within(twice, 700).outcome, 'pass');
});

test('without a bound any outage passes that was seen to end', (t) => {
  t.is(judge(history(outage300)).outcome, 'pass');
  t.is(judge(history(between(3000, 4000, refused))).outcome, 'unknown');
});

test('a run without any probe is unknown, never a pass', (t) => {
  t.is(within(without(history(), 'probe'), 400).outcome, 'unknown');
  t.is(within([], 400).outcome, 'unknown');
});

test('a run in which no fault was made is unknown', (t) => {
  t.is(within(without(history(), 'fault'), 400).outcome, 'unknown');
});

test('a run that never ended is unknown', (t) => {
  t.is(within(without(history(), 'run-ended'), 400).outcome, 'unknown');
});

test('a prober that died half-way makes the run unknown', (t) => {
  const half = [runStarted, ...probes(2000), fault(), { type: 'run-ended', atMs: 4000 } as const];
  const { outcome, detail } = within(half, 400);
  t.is(outcome, 'unknown');
  t.regex(detail, /probing stopped 2,010 ms before the run ended/);
});

test('probes that were sent and never reported make the run unknown', (t) => {
  const lossy = history().filter((event) => !(event.type === 'probe' && event.id === 250));
  const { outcome, detail } = within(lossy, 400);
  t.is(outcome, 'unknown');
  t.regex(detail, /1 probes were sent but never reported/);
});

test('a prober so late that the outage could be beyond the bound is unknown', (t) => {
  const busy = history((probe) => (probe.id % 5 === 0 ? { latenessMs: 60 } : undefined));
  const { outcome, detail } = within(busy, 400);
  t.is(outcome, 'unknown');
  t.is(detail, 'this computer was too busy to measure: the outage lasted between 0 ms and 1,600 ms');
});

test('a late probe that could decide either way makes the outage unknown', (t) => {
  const late = history((probe) => between(1300, 1330, { latenessMs: 70 })(probe) ?? outage300(probe));
  t.is(within(late, 330).outcome, 'unknown');
  t.is(within(late, 400).outcome, 'pass');
  t.is(within(late, 250).outcome, 'fail');
});

test('a site that failed before the fault was made says nothing about the fault', (t) => {
  const { outcome, detail } = within(history(between(100, 130, refused)), 400);
  t.is(outcome, 'unknown');
  t.is(detail, 'the site failed before the fault was made');
});

test('a probe in flight when the fault is made may fail', (t) => {
  t.is(within(history(between(990, 1300, refused)), 400).outcome, 'pass');
});

test('parts are judged apart, each by its own probes', (t) => {
  const dynamicGone = history(dynamic(between(1000, 2000, unavailable)));
  t.is(judgeSite(dynamicGone, 'static', site({ failedAtMost: 0 })).outcome, 'pass');
  const { outcome, detail, measures } = judgeSite(dynamicGone, 'dynamic', site({ outageAtMostMs: 400 }));
  t.is(outcome, 'fail');
  t.is(detail, 'dynamic outage 1,000 ms of at most 400 ms');
  t.is(measures?.find((each) => each.name === 'dynamic sent')?.value, 200);
});

const failing = (expected: number, made: number) =>
  judge(history(between(1000, 1000 + made * 10, refused)), { failedAtMost: expected });

test('no more requests may fail than are allowed, and those that did are named', (t) => {
  t.is(failing(0, 0).outcome, 'pass');
  t.is(failing(3, 3).outcome, 'pass');
  const { outcome, detail, evidence, measures } = failing(2, 3);
  t.is(outcome, 'fail');
  t.is(detail, '3 requests failed, at most 2 may');
  t.true(evidence?.some((line) => line.startsWith('failed: / at 1,000 ms: ECONNREFUSED, /api/health at 1,010 ms')));
  t.is(measures?.find((each) => each.name === 'failed')?.atMost, 2);
});

test('an answer that only the prober made late is no failed request, and whether it is one is not known', (t) => {
  const busy = (change: object) => history((probe) => (probe.id === 150 ? change : undefined));
  t.is(judge(busy({ latenessMs: 60, latencyMs: 63 }), { failedAtMost: 0 }).outcome, 'pass');
  t.is(judge(busy({ latenessMs: 600, latencyMs: 603 }), { failedAtMost: 0 }).outcome, 'unknown');
  t.is(judge(busy({ latenessMs: 600, result: 'timeout' }), { failedAtMost: 0 }).outcome, 'unknown');
  t.is(judge(busy({ latenessMs: 600, ...unavailable }), { failedAtMost: 0 }).outcome, 'fail');
});

test('a prober that often looked away does not know that nothing failed', (t) => {
  const away = history(between(1000, 1060, { latenessMs: 60 }));
  const { outcome, detail } = judge(away, { failedAtMost: 0 });
  t.is(outcome, 'unknown');
  t.is(detail, 'this computer was too busy to measure: 6 requests were sent late');
});

const dies = { outageExpected: true };

test('an expected outage must be seen while the fault lasts', (t) => {
  t.is(judge(history(between(1000, 2000, refused)), dies).outcome, 'pass');
  const { outcome, detail } = judge(history(), dies);
  t.is(outcome, 'fail');
  t.is(detail, 'no outage was seen although one was expected: lb1 can be done without, or the fault did not bite');
  t.is(judge(history(between(3000, 3300, refused)), dies).outcome, 'fail');
});

test('an expected outage that only late probes hint at is unknown', (t) => {
  t.is(judge(history(between(1500, 1550, { latenessMs: 60 })), dies).outcome, 'unknown');
});

/** A fault from 1000 to 3000 ms. */
const clear = (change: Parameters<typeof history>[0]) =>
  judge(withFaults(history(change), fault(), heal(3000)), { status: 503 });
const away = between(1000, 3000, unavailable);

test('what fails meanwhile must fail with a clear error', (t) => {
  const passed = clear(away);
  t.is(passed.outcome, 'pass');
  t.is(passed.detail.split('; ').at(-1), '149 requests were answered with status 503');
  const other = between(1000, 3000, { ...unavailable, status: 502 });
  const { outcome, detail, evidence } = clear((probe) => (probe.id % 2 ? between(1000, 3000, refused) : other)(probe));
  t.is(outcome, 'fail');
  t.is(detail, '149 of 149 failed requests had no clear answer (status 503): 75 × ECONNREFUSED, 74 × status 502');
  t.is(evidence?.at(-1), 'instead of status 503: 75 × ECONNREFUSED, 74 × status 502');
});

test('a clear error may come late, but not never', (t) => {
  t.is(clear(between(1000, 3000, { ...unavailable, latencyMs: 505 })).outcome, 'pass');
  t.is(clear(between(1000, 3000, { result: 'timeout', latencyMs: 1000 })).outcome, 'fail');
});

test('the edges of a fault may fail otherwise, and a stray answer is no matter', (t) => {
  t.is(clear((probe) => between(1000, 1500, refused)(probe) ?? away(probe)).outcome, 'pass');
  t.is(
    clear((probe) => between(2500, 3000, { result: 'timeout', latencyMs: 1000 })(probe) ?? away(probe)).outcome,
    'pass',
  );
  t.is(clear((probe) => between(2000, 2020, refused)(probe) ?? away(probe)).outcome, 'pass');
  t.is(clear((probe) => between(2000, 2100, refused)(probe) ?? away(probe)).outcome, 'fail');
});

test('what was sent late says nothing about clear errors', (t) => {
  const late = between(2000, 2100, { result: 'timeout', latenessMs: 100 });
  t.not(clear((probe) => late(probe) ?? away(probe)).outcome, 'fail');
});

test('a fault too short to ask anything meanwhile says nothing about clear errors', (t) => {
  t.is(judge(withFaults(history(), fault(), heal(1100)), { status: 503 }).outcome, 'unknown');
});

const back = (untilMs: number, backWithinMs: number) =>
  judge(history(between(1000, untilMs, refused)), { backWithinMs });

test('the site must be back in time after the undoing was done', (t) => {
  const { outcome, measures } = back(2300, 400);
  t.is(outcome, 'pass');
  t.deepEqual(measures?.at(-1), { name: 'back after', value: 305, unit: 'ms', atMost: 400 });
  const late = back(2300, 300);
  t.is(late.outcome, 'fail');
  t.is(
    late.detail,
    'requests were answered again only 305 ms after the last fault was undone, at most 300 ms may pass',
  );
  t.is(back(1500, 0).outcome, 'pass');
});

test('a site that is still away at the end fails when its time is over, and is unknown before', (t) => {
  t.is(back(4000, 1900).outcome, 'fail');
  t.regex(back(4000, 1900).detail, /still not answered 1,995 ms after/);
  t.is(back(4000, 3000).outcome, 'unknown');
});

test('how long the undoing itself took is not counted against the site', (t) => {
  const slow = withFaults(history(between(1000, 2900, refused)), fault(), heal(2000, { tookMs: 800 }));
  t.is(judge(slow, { backWithinMs: 200 }).outcome, 'pass');
});

test('where late probes decide when the site was back it is unknown', (t) => {
  const late = history(
    (probe) => between(2300, 2400, { latenessMs: 70 })(probe) ?? between(1000, 2300, refused)(probe),
  );
  t.is(judge(late, { backWithinMs: 350 }).outcome, 'unknown');
});
