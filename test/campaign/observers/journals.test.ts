import test from 'ava';
import { endOf } from '../../../src/campaign/observers/journals.js';

test('a short journal is kept whole', (t) => t.is(endOf('one\ntwo\n', 8), 'one\ntwo\n'));

test('of a long journal the end is kept, in whole lines, and it says so', (t) => {
  t.is(endOf('one\ntwo\nthree\n', 9), '(earlier lines are left out)\nthree\n');
});
