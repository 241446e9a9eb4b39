import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import { progressMode, startProgress } from '../../src/cli/progress.js';
import { asciiSymbols, lastingLine, progressLines, unicodeSymbols } from '../../src/cli/progress-lines.js';
import { plainLine } from '../../src/cli/progress-plain.js';
import { closeProgress, emptyView, foldProgress, plainWords } from '../../src/cli/progress-view.js';
import { duration, elapsed } from '../../src/cli/progress-words.js';
import { InterruptedError, MachineError } from '../../src/model/errors.js';
import type { LabEvent, StampedEvent } from '../../src/model/events.js';
import type { Outcome } from '../../src/model/verdict.js';

const look = (columns = 80, level: 0 | 1 = 0) => ({ columns, chalk: new Chalk({ level }), symbols: unicodeSymbols });

const stamped = (event: LabEvent, monotonicMs = 0): StampedEvent => ({
  ...event,
  wallClock: '2026-11-22T19:05:08.123Z',
  monotonicMs,
  origin: 'up',
});

/** The view after events that happen one second after another, from second 0 on. */
const viewOf = (events: readonly LabEvent[], machines: readonly string[] = []) =>
  events.reduce((view, event, index) => foldProgress(view, stamped(event, index * 1000)), emptyView(machines));

const shown = (events: readonly LabEvent[], machines: readonly string[] = [], columns = 80) =>
  progressLines(viewOf(events, machines), events.length * 1000, look(columns));

const started = (machine: string, step: string): LabEvent => ({ type: 'step-started', machine, step });
const output = (machine: string, line: string): LabEvent => ({ type: 'output', machine, line });
const finding = (outcome: Outcome): LabEvent => ({
  type: 'found',
  finding: { kind: 'check', id: 'tls', title: 'The chain verifies', outcome, detail: 'expired yesterday' },
});

test('every machine has its line from the first moment', (t) => {
  t.deepEqual(shown([], ['lb1', 'web']), ['· lb1  waiting', '· web  waiting']);
});

test('a line tells the step, since when, and the last words', (t) => {
  const [line] = shown([started('web', 'provision'), output('web', '==> Installing nginx')], ['web']);
  t.is(line, `${line?.[0]} web  provisioning   2 s  ==> Installing nginx`);
});

test('what is done shows what all its steps took together', (t) => {
  const lines = shown([
    started('web', 'create'),
    { type: 'step-done', machine: 'web', step: 'create', tookMs: 400 },
    started('web', 'start'),
    { type: 'step-done', machine: 'web', step: 'start', tookMs: 800 },
  ]);
  t.deepEqual(lines, ['✔ web  started      1.2 s']);
});

test('a failure stays on its line with its reason, also when lines still come', (t) => {
  const error = new MachineError('db', 'db: provision.sh failed with exit code 1.\nmore');
  const [line] = shown([
    started('db', 'provision'),
    { type: 'step-failed', machine: 'db', step: 'provision', error },
    output('db', 'late words'),
  ]);
  t.is(line, '✖ db  failed       1.0 s  provision.sh failed with exit code 1.');
});

test('an interrupt is no failure', (t) => {
  const error = new InterruptedError();
  const [line] = shown([started('db', 'start'), { type: 'step-failed', machine: 'db', step: 'start', error }]);
  t.regex(line ?? '', /db {2}interrupted/);
});

test('who waits for the whole lab sees for what and since when, with its last words', (t) => {
  const lines = shown(
    [
      { type: 'step-started', step: 'build the base' },
      { type: 'output', line: 'I: downloading packages' },
    ],
    ['web'],
  );
  t.is(lines.length, 2);
  t.regex(lines[0] ?? '', /^. Build the base 2 s {2}I: downloading packages$/);
  t.is(lines[1], '· web  waiting');
});

test('a step of the whole lab leaves the live lines when it ends and stays above them', (t) => {
  const done: LabEvent = { type: 'step-done', step: 'build the base', tookMs: 61_000 };
  t.deepEqual(shown([{ type: 'step-started', step: 'build the base' }, done]), []);
  t.is(lastingLine(done, look()), '✔ Build the base 1 min 1 s');
  t.is(lastingLine({ ...done, machine: 'web' }, look()), undefined);
});

const atTheEnd = (events: readonly LabEvent[], machines: readonly string[]) =>
  progressLines(closeProgress(viewOf(events, machines), events.length * 1000), 99_000, look());

test('who had nothing to do says so at the end', (t) => {
  t.deepEqual(atTheEnd([], ['web']), ['✔ web  unchanged']);
});

test('who was not reached because something failed is not called unchanged', (t) => {
  t.deepEqual(atTheEnd([{ type: 'step-started', step: 'build the base' }], ['web']), [
    '✖ Build the base broken off after 1.0 s',
    '· web  waiting',
  ]);
  const error = new MachineError('db', 'no');
  t.deepEqual(atTheEnd([{ type: 'step-failed', machine: 'db', step: 'start', error }], ['web'])[0], '· web  waiting');
});

test('findings are counted, and what did not pass is said at once', (t) => {
  t.deepEqual(shown([finding('pass'), finding('pass'), finding('fail'), finding('unknown')]), [
    '  2 passed, 1 failed, 1 unknown',
  ]);
  t.is(lastingLine(finding('pass'), look()), undefined);
  t.is(lastingLine(finding('fail'), look()), '✖ The chain verifies: expired yesterday');
});

const played: LabEvent = {
  type: 'scenario-ended',
  tookMs: 0,
  finding: {
    kind: 'scenario',
    id: 'power-cut',
    title: 'The holder loses power',
    outcome: 'pass',
    detail: '64 of 1596 requests failed; carried by lb1, then lb2',
    measures: [{ name: 'outage', value: 650.4, unit: 'ms', atMost: 1054 }],
  },
};

test('what a scenario measured is told as soon as it is there, also when it passed', (t) => {
  const words = 'outage 650 ms of at most 1,054 ms; 64 of 1596 requests failed; carried by lb1, then lb2';
  t.is(lastingLine({ ...played, tookMs: 5240 } as LabEvent, look(130)), `✔ power-cut 5.2 s  ${words}`);
  t.is(plainLine(played, false), `pass: The holder loses power: ${words}`);
});

test('a scenario under way says which of all it is, and about how long the rest takes', (t) => {
  const place = { number: 3, count: 25, leftMs: 119_000 };
  const begun = { type: 'scenario-started', id: 'power-cut', title: 'The holder loses power', place } as const;
  const words = '3 of 25, about 2 min left: The holder loses power';
  t.is(plainLine(begun, false), `${words} …`);
  t.regex(shown([begun]).join('\n'), new RegExp(words));
  t.deepEqual(shown([begun, played]), ['  1 passed']);
  t.is(plainLine({ ...begun, place: { number: 1, count: 1, leftMs: 5000 } }, false), 'The holder loses power …');
});

test('the clock of a scenario under way stays in sight in a narrow terminal', (t) => {
  const place = { number: 3, count: 25, leftMs: 119_000 };
  const title = 'The load balancer that holds the virtual IP loses power and comes back';
  const begun = { type: 'scenario-started', id: 'power-cut', title, place } as const;
  for (const columns of [40, 60, 80]) t.regex(shown([begun], [], columns)[0] ?? '', /… 1 s$/);
});

test('what did not pass is told whole, broken between words', (t) => {
  const detail = 'the site was gone for 2,310 ms, and at most 1,050 ms were allowed; lb2 never took the VIP';
  const finding = { ...played.finding, outcome: 'fail', detail } as const;
  const lines = lastingLine({ ...played, finding }, look(60))?.split('\n') ?? [];
  t.true(lines.length > 1);
  t.true(lines.every((line) => line.length < 60));
  t.true(
    lines
      .map((line) => line.trim())
      .join(' ')
      .endsWith(detail),
  );
});

test('after each run of several it is told how many held, and about how long the others take', (t) => {
  const begun = { type: 'scenario-started', id: 'power-cut', title: 'The holder loses power' } as const;
  const counts = { held: 23, failed: 0, unknown: 1, wanted: 59, leftMs: 244_000 };
  const judged = { ...begun, ...counts, type: 'run-judged' } as const;
  const words = '23 of 59 held, 1 could not be told, about 4 min left: The holder loses power';
  t.is(plainLine(judged, false), words);
  t.is(lastingLine(judged, look()), undefined);
  t.regex(shown([begun, judged], [], 120).join('\n'), new RegExp(words));
  t.deepEqual(shown([begun, judged, played]), ['  1 passed']);
  t.regex(plainLine({ ...judged, failed: 2, unknown: 0 }, false) ?? '', /^23 of 59 held, 2 failed, about/);
});

test('no line is wider than the terminal, whatever the words and colours', (t) => {
  const words = `${'a long line '.repeat(30)} 日本語 \u001b[31mred\u001b[0m`;
  const events = [
    started('load-balancer-number-one', 'provision'),
    output('load-balancer-number-one', words),
    { type: 'step-started', step: words } as const,
    { type: 'output', line: words } as const,
  ];
  for (const columns of [20, 40, 60, 80]) {
    for (const level of [0, 1] as const) {
      for (const line of progressLines(viewOf(events), 9000, look(columns, level))) {
        t.true(stringWidth(line) < columns, `${stringWidth(line)} at ${columns}: ${line}`);
      }
    }
  }
});

test('without colours there is not one escape, with them there is', (t) => {
  const events = [started('web', 'start'), output('web', '\u001b[31mred\u001b[0m')];
  const lines = (level: 0 | 1) => progressLines(viewOf(events), 0, look(80, level)).join('');
  t.is(lines(0), stripVTControlCharacters(lines(0)));
  t.not(lines(1), stripVTControlCharacters(lines(1)));
});

test('a machine’s words move no cursor', (t) => {
  t.is(plainWords('\u001b[2Jgone\u001b[1A'), 'gone');
  t.is(plainWords(' 10%\r 50%\r100% done\r\n'), '100% done');
  t.is(plainWords('a\tb\u0007c\nd'), 'a b c d');
  t.is(plainWords('\u001b]0;title\u0007words'), 'words');
});

test('terminals without Unicode get plain symbols', (t) => {
  const lines = progressLines(viewOf([started('web', 'start')], ['app']), 0, { ...look(), symbols: asciiSymbols });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  t.regex(lines.join(''), /^[\u0000-\u007f]*$/);
});

test('durations read as people say them', (t) => {
  t.deepEqual([0, 340, 9900, 9990, 59_400, 59_600, 125_000].map(duration), [
    '0.0 s',
    '0.3 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '2 min 5 s',
  ]);
  t.deepEqual([340, 9900, 61_000].map(elapsed), ['0 s', '9 s', '1 min 1 s']);
});

test('plain lines say what began, what ended and in what time', (t) => {
  t.is(plainLine(started('lb1', 'create'), false), 'lb1: create …');
  t.is(
    plainLine({ type: 'step-done', machine: 'lb1', step: 'create', tookMs: 1234 }, false),
    'lb1: create … done in 1.2 s',
  );
  const error = new MachineError('lb1', 'no disk\nat all');
  t.is(
    plainLine({ type: 'step-failed', machine: 'lb1', step: 'create', error }, false),
    'lb1: create … failed: no disk',
  );
  t.is(plainLine({ type: 'step-started', step: 'build the base' }, false), 'build the base …');
  t.is(plainLine(finding('fail'), false), 'fail: The chain verifies: expired yesterday');
});

test('plain lines leave out machines’ words and what passed, unless asked for', (t) => {
  t.is(plainLine(output('web', 'hello'), false), undefined);
  t.is(plainLine(output('web', 'hello'), true), 'web: hello');
  t.is(plainLine(finding('pass'), false), undefined);
  t.truthy(plainLine(finding('pass'), true));
});

test('lines are painted over only on a terminal that can', (t) => {
  t.is(progressMode({ isTerminal: true }), 'live');
  t.is(progressMode({ isTerminal: false }), 'plain');
  t.is(progressMode({ isTerminal: true, term: 'dumb' }), 'plain');
  t.is(progressMode({ isTerminal: true, verbose: true }), 'verbose');
  t.is(progressMode({ isTerminal: true, verbose: true, quiet: true }), 'quiet');
});

/** A terminal of a given width that keeps what is written to it. */
const terminal = (columns: number) => {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk));
      done();
    },
  });
  return {
    stream: Object.assign(stream, { columns, rows: 24, isTTY: true }) as unknown as NodeJS.WriteStream,
    written,
  };
};

test('quiet says nothing, plain one line an event', async (t) => {
  for (const [mode, expected] of [
    ['quiet', ''],
    ['plain', 'web: start …\n'],
    ['verbose', 'web: start …\nweb: hello\n'],
  ] as const) {
    const { stream, written } = terminal(80);
    const progress = await startProgress({ mode, stream });
    progress.hear(stamped(started('web', 'start')));
    progress.hear(stamped(output('web', 'hello')));
    progress.end();
    t.is(written.join(''), expected, mode);
  }
});

test('the last state stays on the terminal, once, with lasting lines above it', async (t) => {
  const { stream, written } = terminal(60);
  const progress = await startProgress({ mode: 'live', stream, machines: ['web'], color: false });
  progress.hear(stamped({ type: 'step-done', step: 'make the network', tookMs: 100 }));
  progress.hear(stamped(started('web', 'start')));
  progress.hear(stamped({ type: 'step-done', machine: 'web', step: 'start', tookMs: 800 }));
  progress.end();
  progress.end();
  progress.hear(stamped(started('web', 'stop')));
  const text = stripVTControlCharacters(written.join(''));
  t.is(text.split('✔ Make the network 0.1 s\n').length, 2);
  t.true(text.endsWith('✔ web  started      0.8 s\n'), text);
});
