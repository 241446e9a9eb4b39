import test from 'ava';
import { Chalk } from 'chalk';
import { visible, visibleInColour } from '../../src/cli/visible.js';

const cases: readonly (readonly [what: string, text: string, seen: string])[] = [
  ['plain words, tabs and lines stay', 'größe\t→ 1\n', 'größe\t→ 1\n'],
  ['an escape sequence', '\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['a sequence of C1', '\u009b2J', '\\u009b2J'],
  ['a carriage return and a backspace', 'fail\rpass\b', 'fail\\u000dpass\\u0008'],
  ['an override of direction', 'a\u202etxt.exe\u2066', 'a\\u202etxt.exe\\u2066'],
  ['half a pair', 'a\ud800b', 'a\\ud800b'],
  ['a family is one sign', '👩‍👧', '👩‍👧'],
];

for (const [what, text, seen] of cases) {
  test(`made visible: ${what}`, (t) => {
    t.is(visible(text), seen);
    t.is(visibleInColour(text), seen);
  });
}

test('in JSON it means the same as before', (t) => {
  const data = { title: '\u001b[2J\u009b\u202e\u007f' };
  t.deepEqual(JSON.parse(visible(JSON.stringify(data))), data);
});

test('colours of Quintet’s own stay, whatever stands between them', (t) => {
  const { bold, red, dim } = new Chalk({ level: 3 });
  const line = `${bold(red('✖'))} ${dim('first\nsecond')}`;
  t.is(visibleInColour(line), line);
  t.is(visibleInColour(red('\u001b[2Jx')), red('\\u001b[2Jx'));
});

test('a text can neither leave a colour behind nor hide itself', (t) => {
  t.is(visibleInColour('\u001b[31mred for ever\nnext'), '\\u001b[31mred for ever\nnext');
  t.is(visibleInColour('\u001b[8mhidden\u001b[0m'), '\\u001b[8mhidden\\u001b[0m');
});
