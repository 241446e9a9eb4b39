import test from 'ava';
import { judgeFresh, judgeHits, judgePrivate } from '../../src/check/cache.js';
import type { CacheFacts } from '../../src/check/facts.js';

const facts = (other: Partial<CacheFacts> = {}): CacheFacts => ({
  entry: ['miss', 'hit', 'hit'],
  uncacheable: [
    { what: 'an entry for somebody with a password', how: ['pass', 'pass'] },
    { what: 'health', how: ['pass', 'none'] },
  ],
  absent: 404,
  present: 200,
  hits: 2,
  misses: 5,
  ...other,
});

test('a cache that keeps what it may, and nothing else, passes', (t) => {
  t.regex(judgeHits(facts()).detail, /29 % of 7/);
  for (const judge of [judgeHits, judgePrivate, judgeFresh]) t.is(judge(facts()).outcome, 'pass');
});

test('a cache that keeps nothing fails', (t) => {
  const { outcome, detail } = judgeHits(facts({ entry: ['pass', 'pass', 'pass'], hits: 0, misses: 0 }));
  t.is(outcome, 'fail');
  t.regex(detail, /was pass, pass, pass: not miss, hit, hit/);
});

test('what is somebody’s own is kept for nobody', (t) => {
  const { outcome, detail } = judgePrivate(
    facts({ uncacheable: [{ what: 'an entry for somebody with a password', how: ['hit', 'hit'] }] }),
  );
  t.is(outcome, 'fail');
  t.regex(detail, /^kept: an entry for somebody with a password \(hit, hit\)$/);
});

test('that there is no entry is not kept', (t) => {
  const { outcome, detail } = judgeFresh(facts({ present: 404 }));
  t.is(outcome, 'fail');
  t.regex(detail, /after it was acknowledged 404/);
});
