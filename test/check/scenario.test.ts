import test from 'ava';
import { judged, pass } from '../../src/check/judgement.js';
import { judgeScenario } from '../../src/check/scenario.js';
import type { HistoryEvent } from '../../src/model/history.js';
import {
  between,
  connection,
  dynamic,
  expecting,
  fault,
  heal,
  history,
  holders,
  readBack,
  refused,
  site,
  unavailable,
  vip,
  withFaults,
  without,
  write,
} from './histories.js';

const moved = [vip(1010), vip(1290, 'lb2')];
const cut = (probe: Parameters<ReturnType<typeof between>>[0]) =>
  between(1000, 1300, refused)(probe) ?? between(1300, 4000, { via: { loadBalancer: 'lb2' } })(probe);
const good = history(cut, ...moved);

test('a failover in time passes and tells what visitors saw', (t) => {
  const finding = judgeScenario(good);
  t.is(finding.outcome, 'pass');
  t.is(finding.id, 'cable-cut');
  t.is(finding.title, 'The cable is pulled');
  t.is(finding.detail, '30 of 400 requests failed; carried by lb1, then lb2');
  t.is(finding.durationMs, 4000);
  t.true(finding.evidence?.includes('fault cable-cut on lb1 at 1,000 ms'));
  t.true(
    finding.evidence?.includes(
      'failover: noticed after 10 ms, another holder after 280 ms, first good answer after 13 ms',
    ),
  );
  t.is(finding.measures?.[0]?.value, 310);
  t.is(Math.round(finding.measures?.find((each) => each.name === 'latency p50')?.value ?? 0), 3);
  t.is(finding.singlePointOfFailure, undefined);
});

test('a split brain fails a scenario whose outage is within the bound', (t) => {
  const split = history(cut, vip(1010, 'lb1', 'lb2'));
  const finding = judgeScenario(split);
  t.is(finding.outcome, 'fail');
  t.regex(finding.detail, /^split brain/);
  t.is(judgeScenario(expecting(split, { vip: holders() })).outcome, 'pass');
});

test('a lab that does not get well again fails', (t) => {
  const ill = history(cut, ...moved, { type: 'note', atMs: 3900, text: 'nginx.service on web is failed' });
  const finding = judgeScenario(without(ill, 'well'));
  t.is(finding.outcome, 'fail');
  t.is(finding.detail, 'the lab did not get well again: nginx.service on web is failed');
});

test('a fault that was never healed is unknown', (t) => {
  t.is(judgeScenario(without(good, 'heal')).outcome, 'unknown');
});

test('of several faults each must be healed, but for what is over at once', (t) => {
  const restart = fault(1000, { fault: 'service-restarted', service: 'haproxy' });
  t.is(judgeScenario(withFaults(good, restart)).outcome, 'pass');
  const other = fault(1500, { machine: 'web' });
  t.is(judgeScenario(withFaults(good, fault(), other, heal())).outcome, 'unknown');
  t.is(judgeScenario(withFaults(good, fault(), other, heal(), heal(2200, { machine: 'web' }))).outcome, 'pass');
});

test('failing outweighs not knowing', (t) => {
  const both = without(history(cut, vip(1010, 'lb1', 'lb2')), 'heal');
  t.is(judgeScenario(both).outcome, 'fail');
});

test('a checker that throws finds unknown and hides no other', (t) => {
  const nonsense = [{ type: 'vip', atMs: 1 } as unknown as HistoryEvent];
  const finding = judgeScenario(history(cut, ...nonsense));
  t.is(finding.outcome, 'unknown');
  t.regex(finding.detail, /could not be judged/);
  t.is(finding.measures?.[0]?.value, 310);
});

test('a judge that throws is unknown; one that does not is believed', (t) => {
  const subject = { kind: 'check', id: 'some', title: 'Some' } as const;
  const thrown = judged(subject, () => {
    throw new Error('no such thing');
  });
  t.is(thrown.outcome, 'unknown');
  t.is(thrown.detail, 'could not be judged: no such thing');
  t.is(judged(subject, () => pass('fine')).outcome, 'pass');
});

test('nothing at all, and a run without its beginning, are unknown', (t) => {
  t.is(judgeScenario([]).outcome, 'unknown');
  t.is(judgeScenario(without(good, 'run-started')).outcome, 'unknown');
});

const appGone = history(dynamic(between(1000, 2300, unavailable)));
const single = {
  site: site(),
  static: site({ failedAtMost: 0 }),
  dynamic: site({ outageExpected: true, status: 503, backWithinMs: 1000 }),
};

test('a single point of failure is proved and named', (t) => {
  const finding = judgeScenario(
    expecting(withFaults(appGone, fault(1000, { machine: 'app' }), heal(2000, { machine: 'app' })), single),
  );
  t.is(finding.outcome, 'pass', finding.detail);
  t.is(finding.singlePointOfFailure, 'app');
  t.is(finding.measures?.find((each) => each.name === 'dynamic back after')?.value, 305);
});

test('one of a pair is no single point of failure, even where the other one could not help', (t) => {
  const deceived = expecting(history(between(1000, 2100, refused)), { site: site({ outageExpected: true }) });
  t.is(judgeScenario(deceived).outcome, 'pass');
  t.is(judgeScenario(deceived).singlePointOfFailure, undefined);
});

test('a single point of failure that the site can do without fails and is not named', (t) => {
  const finding = judgeScenario(expecting(history(), single));
  t.is(finding.outcome, 'fail');
  t.is(finding.singlePointOfFailure, undefined);
});

test('what must still work while a part is away fails when it does not', (t) => {
  const allGone = expecting(history(between(1000, 2300, unavailable)), single);
  t.is(judgeScenario(allGone).outcome, 'fail');
  t.regex(judgeScenario(allGone).detail, /static requests failed, at most 0 may/);
});

test('a lost write, a broken connection and an accepted configuration each fail a good failover', (t) => {
  const lost = history(cut, ...moved, write(500, 'a'), readBack());
  t.is(judgeScenario(lost).outcome, 'fail');
  t.is(judgeScenario(expecting(lost, { writes: 'any' })).outcome, 'pass');
  const broke = history(cut, ...moved, connection(0, 'opened'), connection(1010, 'broke'));
  t.is(judgeScenario(expecting(broke, { breaksAtMost: 0 })).outcome, 'fail');
  t.is(judgeScenario(expecting(broke, { breaksAtMost: 1 })).outcome, 'pass');
  const taken = { fault: 'config-broken', service: 'haproxy' } as const;
  const accepted = withFaults(good, fault(1000, { ...taken, answer: 'accepted' }), heal(2000, taken));
  t.is(judgeScenario(accepted).detail, 'haproxy on lb1 took a broken configuration');
});

test('answers of a machine that never held the VIP fail, but not where a split is expected', (t) => {
  const wrong = history((probe) => cut(probe) ?? between(500, 520, { via: { loadBalancer: 'lb3' } })(probe), ...moved);
  t.is(judgeScenario(wrong).outcome, 'fail');
  const parted = history(
    between(500, 520, { via: { loadBalancer: 'lb3' } }),
    vip(1200, 'lb1', 'lb2'),
    vip(2100, 'lb1'),
  );
  t.is(judgeScenario(expecting(parted, { vip: holders({ splitExpected: true }) })).outcome, 'pass');
});

test('the order in which events were recorded changes nothing', (t) => {
  const finding = judgeScenario(good);
  const sorted = [...good].sort((one, other) => one.atMs - other.atMs);
  t.deepEqual(judgeScenario(sorted), finding);
});

test('who served is told where several did', (t) => {
  const served = history(({ id, part }) => ({
    via: { loadBalancer: 'lb1', web: id % 4 ? 'web1' : 'web2', ...(part === 'dynamic' && { app: 'app' }) },
  }));
  const { evidence } = judgeScenario(withFaults(served, fault(), heal()));
  t.deepEqual(
    evidence?.filter((line) => /servers/.test(line)),
    ['web servers: web1 300 answers, web2 100 answers'],
  );
});
