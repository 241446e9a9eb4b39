import test from 'ava';
import { sentence } from '../../src/model/sentence.js';
import { wrapped, wrappedLines } from '../../src/model/wrapped.js';

test('a text breaks between words only, and what goes on is moved in', (t) => {
  t.deepEqual(wrapped('one two three four', 9), ['one two', '  three', '  four']);
  t.deepEqual(wrapped('one two three four', 9, ''), ['one two', 'three', 'four']);
  t.deepEqual(wrapped('', 9), ['']);
});

test('colours take no room', (t) => {
  t.deepEqual(wrapped('\u001b[31mone\u001b[39m two', 7), ['\u001b[31mone\u001b[39m two']);
});

test('every line is broken by itself, within its own margin', (t) => {
  t.is(wrappedLines('short\n  a longer line', 10), 'short\n  a longer\n    line');
  t.is(wrappedLines('  │ as │ it │ is', 80), '  │ as │ it │ is');
});

test('a word that is too long, and a line that is a command, stay whole', (t) => {
  t.is(wrappedLines('in /a/very/long/path it is', 10), 'in\n  /a/very/long/path\n  it is');
  const command = '\u001b[36m→\u001b[39m sudo apt-get install one two three';
  t.is(wrappedLines(command, 20), command);
  t.is(wrappedLines('→ quintet heal undoes that.', 20), '→ quintet heal\n  undoes that.');
});

test('a sentence has one full stop at its end', (t) => {
  t.deepEqual(['so', 'so.', 'so?', 'so …'].map(sentence), ['so.', 'so.', 'so?', 'so …']);
});
