import test from 'ava';
import { exitCodeOf, exitCodeOfOutcome } from '../../src/cli/exit-code.js';
import { showError } from '../../src/cli/show-error.js';
import { ComputerError, InputError, InterruptedError, MachineError, UnknownError } from '../../src/model/errors.js';

const plain = { verbose: false, color: false };

test('an error says what and why, then what to do', (t) => {
  t.is(showError(new InputError('No.', { hint: 'Do this.\nOr that.' }), plain), '✖ No.\n→ Do this.\n  Or that.\n');
});

test('a machine that failed shows the end of its log', (t) => {
  const log = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n');
  const text = showError(new MachineError('web', 'it broke', { log, hint: 'Look.' }), plain);
  t.true(text.startsWith('✖ web: it broke\n  The end of what web said:\n  │ line 11\n'));
  t.true(text.endsWith('  │ line 30\n→ Look.\n'));
});

test('only a bug shows a stack', (t) => {
  const bug = showError(new TypeError('x is not a function'), plain);
  t.regex(bug, /bug in Quintet/);
  t.regex(bug, /TypeError: x is not a function\n.* at /);
  t.notRegex(showError(new ComputerError('disk full'), plain), / at /);
});

test('what an error came from is shown only when asked for', (t) => {
  const error = new ComputerError('mount failed', { cause: { argv: ['mount'], exitCode: 32 } });
  t.notRegex(showError(error, plain), /argv/);
  t.regex(showError(error, { ...plain, verbose: true }), /"exitCode": 32/);
});

test('an interruption is no failure to cry about', (t) => {
  t.is(showError(new InterruptedError('Interrupted.', { hint: 'Go on.' }), plain), 'Interrupted.\n→ Go on.\n');
});

test('several errors are all shown', (t) => {
  const text = showError(new AggregateError([new InputError('one'), new ComputerError('two')]), plain);
  t.regex(text, /✖ one\n\n?✖ two/);
});

test('nothing is coloured unless it is asked for', (t) => {
  const introducer = String.fromCharCode(27);
  t.false(showError(new InputError('x', { hint: 'y' }), plain).includes(introducer));
  t.true(showError(new InputError('x', { hint: 'y' }), { ...plain, color: true }).includes(introducer));
});

test('each error has its exit code', (t) => {
  const codes = [
    [new InputError('x'), 2],
    [new ComputerError('x'), 3],
    [new MachineError('web', 'x'), 3],
    [new UnknownError('x'), 4],
    [new InterruptedError(), 130],
    [new Error('x'), 70],
    ['a string', 70],
    [new AggregateError([new InputError('x'), new ComputerError('y')]), 3],
    [new AggregateError([new ComputerError('x'), new TypeError('y')]), 70],
  ] as const;
  for (const [error, code] of codes) t.is(exitCodeOf(error), code);
});

test('only a pass is a pass', (t) => {
  t.deepEqual((['pass', 'fail', 'unknown', 'skipped'] as const).map(exitCodeOfOutcome), [0, 1, 4, 4]);
});
