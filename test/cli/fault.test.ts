import test from 'ava';
import { faultFlags, faultSettings } from '../../src/cli/fault-settings.js';
import { fault } from '../../src/cli/verbs/fault.js';
import { InputError } from '../../src/model/errors.js';
import { faultKinds } from '../../src/model/scenario.js';
import { world } from './world.js';

const words = (options: Readonly<Record<string, unknown>> = {}, given: Readonly<Record<string, string>> = {}) => ({
  arguments: given,
  options,
});

const refusal = (kind: string, options: Readonly<Record<string, string>> = {}): InputError => {
  try {
    faultSettings(kind, words(options));
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('what is given with a fault becomes its settings, numbers as numbers', (t) => {
  t.deepEqual(faultSettings('process-hung', words({ service: 'haproxy' })), {
    fault: 'process-hung',
    service: 'haproxy',
  });
  t.deepEqual(faultSettings('packet-loss', words({ percent: '30' })), { fault: 'packet-loss', percent: 30 });
  t.deepEqual(faultSettings('clock-jump', words({ bySeconds: '-3600' })), { fault: 'clock-jump', bySeconds: -3600 });
  t.deepEqual(faultSettings('cable-cut', words()), { fault: 'cable-cut' });
  t.deepEqual(faultSettings('cable-cut', words({ direction: 'in' })), { fault: 'cable-cut', direction: 'in' });
});

test('what is missing is named, with the whole command line', (t) => {
  const { message, hint } = refusal('process-killed');
  t.is(message, 'process-killed needs --service.');
  t.is(hint, 'quintet fault MACHINE process-killed --service <name>');
});

test('what a fault has no use for is refused', (t) => {
  t.is(refusal('power-cut', { percent: '3', path: '/' }).message, 'power-cut takes no --percent and no --path.');
});

test('values are held to the rules of a scenario', (t) => {
  t.regex(refusal('packet-loss', { percent: '101' }).message, /^--percent 101: .*100\.$/);
  t.is(refusal('packet-loss', { percent: 'many' }).message, '--percent many: must be a whole number.');
  t.is(refusal('packet-loss', { percent: '' }).message, '--percent : must be a whole number.');
  t.is(refusal('disk-full', { path: 'srv' }).message, '--path srv: must be an absolute path.');
});

test('an unknown fault is told with the one that was probably meant', (t) => {
  const { message, hint } = refusal('powercut');
  t.is(message, 'There is no fault called powercut.');
  t.is(hint, 'Did you mean power-cut?');
});

test('the list shows every fault with what it takes, and needs no lab', async (t) => {
  const { context, printed } = world('/');
  await fault(context, words({ list: true }));
  const lines = printed.join('\n').split('\n');
  t.is(lines.length, faultKinds.length + 1);
  for (const kind of faultKinds) {
    const line = lines.find((each) => each.startsWith(`${kind} `));
    t.true(line?.endsWith(faultFlags(kind)), kind);
  }
  t.is(faultFlags('cable-cut'), '[--direction <which>]');
});

test('without a machine or a fault it says what a whole command line is', async (t) => {
  const { context } = world('/');
  const nothing = await t.throwsAsync(fault(context, words()), { instanceOf: InputError });
  t.is(nothing?.message, 'Which machine, and which fault?');
  const half = await t.throwsAsync(fault(context, words({}, { machine: 'lb1' })), { instanceOf: InputError });
  t.is(half?.message, 'Which fault?');
  t.regex(half?.hint ?? '', /quintet fault lb1 power-cut/);
});

test('what is over at once takes no time', async (t) => {
  const { context } = world('/');
  const given = { machine: 'lb1', kind: 'service-reloaded' };
  const options = { service: 'haproxy', for: '10s' };
  const error = await t.throwsAsync(fault(context, words(options, given)), { instanceOf: InputError });
  t.is(error?.message, 'service-reloaded is over at once: it takes no --for.');
});
