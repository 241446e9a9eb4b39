import test from 'ava';
import { type FileChange, fileChanges, settled, touches, unifiedDiff } from '../../src/drive/lab-files.js';

/** A hash that a reader can follow. */
const hash = (text: string) => `#${text}`;

const kindOf = (rendered: string | undefined, onDisk: string | undefined, written: string | undefined) =>
  fileChanges({
    desired: new Map(rendered === undefined ? [] : [['f', rendered]]),
    onDisk: new Map(onDisk === undefined ? [] : [['f', onDisk]]),
    generated: written === undefined ? {} : { f: [hash(written)] },
    hash,
  })[0]?.kind;

const table: readonly [
  string,
  string | undefined,
  string | undefined,
  string | undefined,
  FileChange['kind'] | undefined,
][] = [
  ['new', 'a', undefined, undefined, 'create'],
  ['deleted by the user', 'a', undefined, 'a', 'create'],
  ['the same', 'a', 'a', 'a', 'unchanged'],
  ['the same though never recorded', 'a', 'a', undefined, 'unchanged'],
  ['rendered differently, untouched by the user', 'b', 'a', 'a', 'update'],
  ['changed by the user alone', 'a', 'mine', 'a', 'edited'],
  ['changed by both', 'b', 'mine', 'a', 'conflict'],
  ['changed by both alike', 'b', 'b', 'a', 'unchanged'],
  ['there before Quintet', 'a', 'mine', undefined, 'conflict'],
  ['rendered no more, untouched', undefined, 'a', 'a', 'obsolete'],
  ['rendered no more, changed by the user', undefined, 'mine', 'a', 'kept'],
  ['the same with the line ends of Windows', 'a\n', 'a\r\n', 'a\n', 'unchanged'],
  ['untouched but for the line ends of Windows', 'b\n', 'a\r\n', 'a\n', 'update'],
  ['rendered no more, untouched but for the line ends', undefined, 'a\r\n', 'a\n', 'obsolete'],
  ['rendered no more, gone already', undefined, undefined, 'a', undefined],
];

for (const [title, rendered, onDisk, written, expected] of table) {
  test(`a file that is ${title} is ${expected ?? 'forgotten'}`, (t) => {
    t.is(kindOf(rendered, onDisk, written), expected);
  });
}

const conflict: FileChange = { kind: 'conflict', path: 'f', text: 'b\n', before: 'mine\n' };
const edited: FileChange = { kind: 'edited', path: 'g', text: 'a\n', before: 'mine\n' };

test('nothing is settled against the user unless they say so', (t) => {
  t.deepEqual(
    settled([conflict, edited], new Map(), false).map(({ kind }) => kind),
    ['edited', 'edited'],
  );
  t.deepEqual(
    settled([conflict], new Map([['f', 'generated']]), false).map(({ kind }) => kind),
    ['replace'],
  );
  t.deepEqual(
    settled([conflict, edited], new Map(), true).map(({ kind }) => kind),
    ['replace', 'replace'],
  );
});

test('a difference is a unified diff from the text on disk to the rendered one', (t) => {
  t.is(unifiedDiff(conflict).trim(), '--- f\n+++ f\n@@ -1,1 +1,1 @@\n-mine\n+b');
  t.regex(unifiedDiff({ kind: 'create', path: 'f', text: 'a\n' }), /^--- \/dev\/null\n\+\+\+ f\n/);
  t.regex(unifiedDiff({ kind: 'obsolete', path: 'f', before: 'a\n' }), /^--- f\n\+\+\+ \/dev\/null\n/);
  t.is(unifiedDiff({ kind: 'unchanged', path: 'f', text: 'a' }), '');
});

test('only what alters the disk counts as touching it', (t) => {
  t.true(touches({ kind: 'create', path: 'f', text: '' }));
  t.false(touches(edited));
  t.false(touches({ kind: 'kept', path: 'f', before: '' }));
});

test('a difference leaves out the line ends of Windows', (t) => {
  const before = ['same\r', 'mine\r', ''].join('\n');
  const diff = unifiedDiff({ kind: 'conflict', path: 'f', text: 'same\ntheirs\n', before });
  t.true(diff.endsWith('@@ -1,2 +1,2 @@\n same\n-mine\n+theirs\n'), diff);
});
