import test from 'ava';
import { loadNow, runningIn } from '../../src/host/load.js';

for (const [text, running] of [
  ['0.20 0.18 0.12 3/1234 5678\n', 2],
  ['27.79 18.35 10.88 22/598 27714\n', 21],
  ['0.00 0.00 0.00 0/80 1\n', 0],
  ['something else', undefined],
  [undefined, undefined],
] as const) {
  test(`programs that want to run in ${JSON.stringify(text)}`, (t) => t.is(runningIn(text), running));
}

test('this computer tells its load', async (t) => {
  const { cores, running } = await loadNow();
  t.true(cores >= 1 && running >= 0);
});
