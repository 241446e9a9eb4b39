import test from 'ava';
import { judgeRecord, runsOf } from '../../src/check/record.js';
import { judgeScenario } from '../../src/check/scenario.js';
import type { History, RecordEvent, RunStarted, VerificationStarted } from '../../src/model/history.js';
import type { Finding, Outcome } from '../../src/model/verdict.js';
import { as, between, history, refused, runStarted, scenario, without } from './histories.js';
import { plan } from './plans.js';

const started: VerificationStarted = {
  type: 'verification-started',
  version: 1,
  plan,
  wallClock: runStarted.wallClock,
  environment: { quintet: '0.1.0', node: '20.17.0', system: 'Linux', cores: 2, memoryMb: 8000, versions: {} },
  command: 'quintet verify',
};
const ended: RecordEvent = { type: 'verification-ended', durationMs: 9000 };
const whole = (...events: RecordEvent[]): RecordEvent[] => [started, ...events, ended];

const found = (kind: Finding['kind'], id: string, outcome: Outcome, detail = ''): RecordEvent => ({
  type: 'found',
  finding: { kind, id, title: id, outcome, detail },
});
const broke = found('scenario', 'cable-cut', 'unknown', 'the scenario broke off: no power');
const skipped = found('scenario', 'clock-jump', 'skipped', "the provider can't set the clock");

const other = { scenario: { ...scenario(), id: 'other', title: 'Another' } };
const three = { scenario: { ...scenario(), repeat: 3 } };
const pass = (change: Partial<RunStarted> = {}): History => as(history(between(1000, 1100, refused)), change);
const fail = (change: Partial<RunStarted> = {}): History => as(history(between(1000, 1900, refused)), change);
/** The prober lost a probe. */
const lossy = (change: Partial<RunStarted> = {}): History =>
  pass(change).filter((event) => !(event.type === 'probe' && event.id === 250));
const cutOff = (change: Partial<RunStarted> = {}): History => without(pass(change), 'run-ended');

const outcomes = (record: readonly RecordEvent[]): string[] =>
  judgeRecord(record).findings.map(({ id, outcome }) => `${id} ${outcome}`);

test('findings stand as they are and runs are judged, in order of first appearance', (t) => {
  const record = whole(
    found('check', 'tls', 'pass'),
    ...pass(),
    skipped,
    ...fail(other),
    found('check', 'hsts', 'pass'),
  );
  t.deepEqual(outcomes(record), ['tls pass', 'cable-cut pass', 'clock-jump skipped', 'other fail', 'hsts pass']);
  t.is(judgeRecord(record).outcome, 'fail');
});

test('a record alone says exactly what was said live, though its events come as they were heard', (t) => {
  const run = fail();
  const [first, ...rest] = run;
  const heard = [first, ...rest.reverse()].filter((event) => event !== undefined);
  t.deepEqual(judgeRecord(whole(...heard)).findings, [judgeScenario(run)]);
});

test('the runs of a record are told apart, each in order', (t) => {
  const runs = runsOf([started, ...pass(), found('check', 'tls', 'pass'), ...cutOff(other)]);
  t.deepEqual(
    runs.map((run) => run.length),
    [pass().length, cutOff().length],
  );
  for (const run of runs) {
    const times = run.map((event) => event.atMs);
    t.deepEqual(
      times,
      [...times].sort((one, another) => one - another),
    );
    t.is(run[0]?.type, 'run-started');
  }
});

test('of the tries of a repetition the last counts, and what the others said is kept', (t) => {
  const record = whole(...lossy({ attempt: 1 }), ...lossy({ attempt: 2 }), ...pass({ attempt: 3 }));
  const [finding, ...others] = judgeRecord(record).findings;
  t.deepEqual(others, []);
  t.is(finding?.outcome, 'pass');
  t.deepEqual(finding?.evidence?.slice(0, 2), [
    'try 1: the outage was not measured: 1 probes were sent but never reported',
    'try 2: the outage was not measured: 1 probes were sent but never reported',
  ]);
});

test('repetitions are merged into one finding with the distribution of their outages', (t) => {
  const runs = [1, 2, 3].flatMap((repetition) => pass({ ...three, repetition }));
  const [finding] = judgeRecord(whole(...runs)).findings;
  t.is(finding?.outcome, 'pass');
  t.is(finding?.distribution?.runs, 3);
  t.is(finding?.distribution?.medianMs, 110);
  t.is(finding?.evidence?.filter((line) => line.startsWith('run ')).length, 3);
});

test('runs of one scenario belong together though others were played between them', (t) => {
  const record = whole(...pass({ repetition: 1 }), ...pass(other), ...fail({ repetition: 2 }));
  t.deepEqual(outcomes(record), ['cable-cut fail', 'other pass']);
});

test('repetitions that were to be played and were not are unknown', (t) => {
  const [finding] = judgeRecord(whole(...pass({ ...three, repetition: 1 }))).findings;
  t.is(finding?.outcome, 'unknown');
  t.is(finding?.detail, 'only 1 of 3 runs were played');
  t.deepEqual(outcomes(whole(...fail({ ...three, repetition: 1 }))), ['cable-cut fail']);
});

test('a run that was cut off is unknown, whatever was seen of it', (t) => {
  const [finding] = judgeRecord(whole(...cutOff())).findings;
  t.is(finding?.outcome, 'unknown');
  t.is(finding?.detail, 'the run was cut off');
});

test('a finding says what became of the run that broke off before it', (t) => {
  const [finding, ...others] = judgeRecord(whole(...cutOff(), broke)).findings;
  t.deepEqual(others, []);
  t.is(finding?.outcome, 'unknown');
  t.is(finding?.detail, 'the scenario broke off: no power');
  t.is(finding?.evidence, undefined);
  t.deepEqual(outcomes(whole(...cutOff(), skipped)), ['cable-cut unknown', 'clock-jump skipped']);
});

test('of several tries that broke off each is told', (t) => {
  const again = found('scenario', 'cable-cut', 'unknown', 'the lab was not well before');
  const [finding] = judgeRecord(whole(...cutOff(), broke, again)).findings;
  t.is(finding?.detail, 'the lab was not well before');
  t.deepEqual(finding?.evidence, ['try 1: the scenario broke off: no power']);
});

test('a try that broke off, or could not be begun, is made good by the next one', (t) => {
  t.deepEqual(outcomes(whole(...cutOff(), broke, ...pass({ attempt: 2 }))), ['cable-cut pass']);
  const notBegun = judgeRecord(whole(broke, ...pass({ attempt: 2 })));
  t.is(notBegun.outcome, 'pass');
  t.is(notBegun.findings[0]?.evidence?.[0], 'try 1: the scenario broke off: no power');
});

test('a repetition that could not be begun stays unknown beside good ones', (t) => {
  const record = whole(...pass({ ...three, repetition: 1 }), broke);
  t.deepEqual(outcomes(record), ['cable-cut unknown']);
});

test('a record that was cut off is judged as far as it goes, and never passes', (t) => {
  const open = [started, found('check', 'tls', 'pass'), ...pass()];
  t.is(judgeRecord(open).outcome, 'unknown');
  t.deepEqual(outcomes(open), ['tls pass', 'cable-cut pass', 'verification-ended unknown']);
  t.is(judgeRecord([started, ...fail()]).outcome, 'fail');
  t.is(judgeRecord([...open, ended]).outcome, 'pass');
});

test('wherever a record is cut off, it is not taken for a pass', (t) => {
  const record = whole(found('check', 'tls', 'pass'), ...pass(), ...pass(other));
  for (let length = 0; length < record.length; length += 37) {
    t.is(judgeRecord(record.slice(0, length)).outcome, 'unknown');
  }
});

test('an empty record is unknown', (t) => {
  t.is(judgeRecord([]).outcome, 'unknown');
  t.is(judgeRecord(whole()).outcome, 'unknown');
});

const sure = {
  scenario: { ...scenario(), repeat: 3, untilSure: { sharePercent: 50, confidencePercent: 80 } },
};
const runs = (...histories: ((change: Partial<RunStarted>) => History)[]) =>
  whole(...histories.flatMap((of, index) => of({ ...sure, repetition: index + 1 })));

test('until something is sure runs that could not be told take nothing away from those that held', (t) => {
  const [finding] = judgeRecord(runs(pass, lossy, pass, lossy, pass)).findings;
  t.is(finding?.outcome, 'pass');
  t.like(finding?.certainty, { held: 3, known: 3, unknown: 2, confidencePercent: 80 });
  t.true((finding?.certainty?.atLeastPercent ?? 0) > 50);
});

test('where too many could not be told it is unknown, and says why', (t) => {
  const [finding] = judgeRecord(runs(lossy, pass, lossy, lossy, lossy)).findings;
  t.is(finding?.outcome, 'unknown');
  t.regex(
    finding?.detail ?? '',
    /^only 1 of the 3 runs that must hold did, and 4 could not be told: .*worst of 5 runs/,
  );
});

test('one fail is a fail, and a record that ends before it is sure is unknown', (t) => {
  t.deepEqual(outcomes(runs(pass, lossy, fail)), ['cable-cut fail']);
  const [finding] = judgeRecord(runs(pass, pass)).findings;
  t.is(finding?.outcome, 'unknown');
  t.is(finding?.detail, 'only 2 of 3 runs were played');
});
