import test from 'ava';
import { countOption, durationOption, sureOption } from '../../src/cli/number-options.js';
import { InputError } from '../../src/model/errors.js';

const words = (options: Record<string, unknown>) => ({ arguments: {}, options });

for (const [text, durationMs] of [
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5s', 1500],
  ['10m', 600_000],
  ['1h', 3_600_000],
] as const) {
  test(`${text} is ${durationMs} ms`, (t) => {
    t.is(durationOption(words({ for: text }), 'for'), durationMs);
  });
}

for (const text of ['10', '0s', '-1s', 'soon', '10 minutes or so', '1d', '']) {
  test(`"${text}" is no duration, and the message names the option as it is written`, (t) => {
    const error = t.throws(() => durationOption(words({ retryTimeout: text }), 'retryTimeout'), {
      instanceOf: InputError,
    });
    t.regex(error.message, /^--retry-timeout takes a duration/);
  });
}

test('an option that was not given is undefined', (t) => {
  t.is(durationOption(words({}), 'for'), undefined);
  t.is(countOption(words({}), 'repeat', 1, 10), undefined);
});

test('a count is a whole number within its limits', (t) => {
  t.is(countOption(words({ repeat: '20' }), 'repeat', 1, 1000), 20);
  for (const text of ['0', '1001', '2.5', 'many', '-3', '']) {
    t.throws(() => countOption(words({ repeat: text }), 'repeat', 1, 1000), {
      instanceOf: InputError,
      message: /^--repeat takes a whole number from 1 to 1000/,
    });
  }
});

test('how sure is a share and a confidence, both in percent', (t) => {
  t.is(sureOption(words({}), 'untilSure'), undefined);
  t.deepEqual(sureOption(words({ untilSure: '90/95' }), 'untilSure'), { sharePercent: 90, confidencePercent: 95 });
  for (const text of ['0/95', '100/95', '95/100', '95/0', '95', 'abc', '95/', '-5/95', '9.5/95', '95/95/95', '']) {
    const error = t.throws(() => sureOption(words({ untilSure: text }), 'untilSure'), { instanceOf: InputError });
    t.is(error.message, `--until-sure takes two whole numbers from 1 to 99, and ${text} is none such.`);
  }
});
