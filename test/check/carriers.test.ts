import test from 'ava';
import { judgeCarriers } from '../../src/check/carriers.js';
import { as, between, fault, heal, history, refused, vip, withFaults, without } from './histories.js';

const moved = [vip(1010), vip(1300, 'lb2')];
const by = (fromMs: number, toMs: number, loadBalancer: string) => between(fromMs, toMs, { via: { loadBalancer } });
const figure = (of: ReturnType<typeof judgeCarriers>, name: string) =>
  of?.measures?.find((each) => each.name === name)?.value;

test('answers that came through the holder pass', (t) => {
  const change = (probe: Parameters<ReturnType<typeof between>>[0]) =>
    between(1010, 1300, refused)(probe) ?? by(1300, 4000, 'lb2')(probe);
  const judgement = judgeCarriers(history(change, ...moved));
  t.is(judgement?.outcome, 'pass');
  t.is(figure(judgement, 'answered just off the holder'), 0);
});

test('answers of one that has just let go are counted and pass', (t) => {
  const judgement = judgeCarriers(history(by(2000, 4000, 'lb2'), ...moved));
  t.is(judgement?.outcome, 'pass');
  t.is(figure(judgement, 'answered just off the holder'), 88);
});

test('the first answers of one whose tenure was told late are counted and pass', (t) => {
  const judgement = judgeCarriers(history(by(1000, 4000, 'lb2'), ...moved));
  t.is(judgement?.outcome, 'pass');
  t.true((figure(judgement, 'answered just off the holder') ?? 0) > 0);
});

test('answers of one that did not hold the VIP anywhere near fail', (t) => {
  const judgement = judgeCarriers(history(by(3000, 3020, 'web')));
  t.is(judgement?.outcome, 'fail');
  t.is(judgement?.detail, '2 requests answered by web, which did not hold the VIP');
  t.deepEqual(judgement?.evidence, ['answered by the wrong machine: web at 3,000 ms, web at 3,010 ms']);
  t.is(judgeCarriers(history(by(100, 110, 'lb2'), ...moved))?.outcome, 'fail');
});

test('on slow machines the words about the VIP may be later, and the last answers too', (t) => {
  const late = history(by(100, 110, 'lb2'), ...moved);
  t.is(judgeCarriers(as(late, { pace: 10 }))?.outcome, 'pass');
});

test('what was not answered was carried by nobody', (t) => {
  t.is(judgeCarriers(history(between(3000, 3020, { ...refused, via: { loadBalancer: 'web' } })))?.outcome, 'pass');
});

test('where nobody said who holds the VIP nothing is said about carriers', (t) => {
  t.is(judgeCarriers(without(history(), 'vip')), undefined);
});

test('the only load balancer there is may answer before it has the VIP again, and nobody else may', (t) => {
  const alone = [vip(1010), vip(3000, 'lb1'), { type: 'vrrp', atMs: 0, machine: 'lb1', state: 'master' } as const];
  t.is(judgeCarriers(history(by(1500, 4000, 'lb1'), ...alone))?.outcome, 'pass');
  t.is(judgeCarriers(history(by(3000, 3020, 'web'), ...alone))?.outcome, 'fail');
  const states = ['lb1', 'lb2'].map((machine) => ({ type: 'vrrp', atMs: 0, machine, state: 'backup' }) as const);
  t.is(judgeCarriers(history(by(100, 110, 'lb2'), ...moved, ...states))?.outcome, 'fail');
});

test('what the other one answers while HAProxy is gone on the holder is handed over, however late that is noticed', (t) => {
  const late = history(by(1010, 4000, 'lb2'), vip(3500, 'lb2'));
  const change = { service: 'haproxy', fault: 'process-killed' } as const;
  const killed = withFaults(late, fault(1000, change), heal(3600, change));
  t.is(judgeCarriers(killed)?.outcome, 'pass');
  t.is(judgeCarriers(late)?.outcome, 'fail', 'a cut cable hands nothing over');
  const hung = { ...change, fault: 'process-hung' } as const;
  t.is(judgeCarriers(withFaults(late, fault(1000, hung), heal(3600, hung)))?.outcome, 'fail');
  const before = withFaults(history(by(100, 110, 'lb2'), vip(3500, 'lb2')), fault(1000, change), heal(3600, change));
  t.is(judgeCarriers(before)?.outcome, 'fail', 'before the fault nothing is handed over');
});
