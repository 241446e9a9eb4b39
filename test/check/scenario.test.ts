import test from 'ava';
import { judged, pass } from '../../src/check/judgement.js';
import { judgeScenario, worstRun } from '../../src/check/scenario.js';
import type { HistoryEvent } from '../../src/model/history.js';
import { between, history, refused, vip } from './histories.js';

const scenario = { id: 'cable-cut', title: 'The cable is pulled' };
const expected = { outageAtMostMs: 400, vipHeldByOne: true };
const moved = [vip(1010), vip(1290, 'lb2')];
const cut = (probe: Parameters<ReturnType<typeof between>>[0]) =>
  between(1000, 1300, refused)(probe) ?? between(1300, 4000, { loadBalancer: 'lb2' })(probe);

test('a failover in time passes and tells what visitors saw', (t) => {
  const finding = judgeScenario(scenario, history(cut, ...moved), expected);
  t.is(finding.outcome, 'pass');
  t.is(finding.detail, '30 of 400 requests failed; carried by lb1, then lb2');
  t.is(finding.durationMs, 4000);
  t.true(finding.evidence?.includes('fault cable-cut on lb1 at 1000 ms'));
});

test('a split brain fails a scenario whose outage is within the bound', (t) => {
  const split = [vip(1010, 'lb1', 'lb2')];
  const finding = judgeScenario(scenario, history(cut, ...split), expected);
  t.is(finding.outcome, 'fail');
  t.regex(finding.detail, /split brain/);
  t.is(judgeScenario(scenario, history(cut, ...split), { ...expected, vipHeldByOne: false }).outcome, 'pass');
});

test('a lab that does not get well again fails', (t) => {
  const ill = history(cut, ...moved, { type: 'note', atMs: 3900, text: 'nginx.service on web is failed' });
  const finding = judgeScenario(
    scenario,
    ill.filter((event) => event.type !== 'well'),
    expected,
  );
  t.is(finding.outcome, 'fail');
  t.is(finding.detail, 'the lab did not get well again: nginx.service on web is failed');
});

test('a fault that was never healed is unknown', (t) => {
  const open = history(cut, ...moved).filter((event) => event.type !== 'heal');
  t.is(judgeScenario(scenario, open, expected).outcome, 'unknown');
});

test('failing outweighs not knowing', (t) => {
  const both = history(cut, vip(1010, 'lb1', 'lb2')).filter((event) => event.type !== 'heal');
  t.is(judgeScenario(scenario, both, expected).outcome, 'fail');
});

test('a checker that throws finds unknown and hides no other', (t) => {
  const nonsense = [{ type: 'vip', atMs: 1 } as unknown as HistoryEvent];
  const finding = judgeScenario(scenario, history(cut, ...nonsense), expected);
  t.is(finding.outcome, 'unknown');
  t.regex(finding.detail, /could not be judged/);
  t.is(finding.measures?.[0]?.value, 310);
});

test('a judge that throws is unknown; one that does not is believed', (t) => {
  const subject = { kind: 'check', ...scenario } as const;
  const thrown = judged(subject, () => {
    throw new Error('no such thing');
  });
  t.is(thrown.outcome, 'unknown');
  t.is(thrown.detail, 'could not be judged: no such thing');
  t.is(judged(subject, () => pass('fine')).outcome, 'pass');
});

test('of several runs the worst is reported', (t) => {
  const subject = { kind: 'scenario', ...scenario } as const;
  const good = judgeScenario(scenario, history(cut, ...moved), expected);
  const bad = judgeScenario(scenario, history(cut, ...moved), { ...expected, outageAtMostMs: 100 });
  const folded = worstRun(subject, [good, bad, good]);
  t.is(folded.outcome, 'fail');
  t.is(folded.detail, 'outage 310 ms of at most 100 ms (worst of 3 runs)');
  t.is(folded.durationMs, 12_000);
  t.is(worstRun(subject, []).outcome, 'unknown');
});
