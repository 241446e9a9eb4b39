import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { inParallel } from '../../src/drive/in-parallel.js';

test('no more than the limit are under way at a time, and that many are', async (t) => {
  let now = 0;
  let most = 0;
  await inParallel([1, 2, 3, 4, 5], 2, async () => {
    now += 1;
    most = Math.max(most, now);
    await delay(5);
    now -= 1;
  });
  t.is(most, 2);
});

test('results keep their places, and a failure stops nothing', async (t) => {
  const results = await inParallel([30, 0, 10], 3, async (ms) => {
    await delay(ms);
    if (ms === 0) throw new Error('zero');
    return ms;
  });
  t.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    [30, 'zero', 10],
  );
});

test('a limit of nought is one, and nothing to do is done', async (t) => {
  t.is((await inParallel([1], 0, async (x) => x)).length, 1);
  t.deepEqual(await inParallel([], 5, async (x) => x), []);
});
