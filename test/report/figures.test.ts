import test from 'ava';
import { certaintyWords } from '../../src/report/figures.js';

const usual = { held: 20, known: 20, unknown: 0, atLeastPercent: 86.09, confidencePercent: 95 };

test('what repetitions prove is never rounded up, and what could not be told is told apart', (t) => {
  t.is(certaintyWords(usual), '20 of 20 held: at least 86 % of failovers would, at 95 % confidence');
  t.regex(certaintyWords({ ...usual, atLeastPercent: 86.99 }), /at least 86 %/);
  t.is(
    certaintyWords({ ...usual, held: 19, atLeastPercent: 78.39, unknown: 2 }),
    '19 of 20 held: at least 78 % of failovers would, at 95 % confidence; 2 could not be told and count neither way',
  );
  t.is(certaintyWords({ ...usual, held: 0, known: 0, unknown: 3 }), 'none of 3 runs could be told');
});

test('a figure that arithmetic made a little too small is told as it is', (t) => {
  t.regex(certaintyWords({ ...usual, atLeastPercent: 100 * (1 - 0.07) }), /at least 93 %/);
});
