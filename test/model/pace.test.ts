import test from 'ava';
import { rateAt, slowest, usualPace } from '../../src/model/pace.js';

for (const [paces, pace] of [
  [[], usualPace],
  [[undefined], usualPace],
  [[0.5], usualPace],
  [[1, 3.1, undefined, 2], 3.1],
] as const) {
  test(`of the paces ${paces.map(String).join(', ') || '(none)'} ${pace} counts`, (t) => t.is(slowest(...paces), pace));
}

for (const [rate, pace, asked] of [
  [200, 1, 200],
  [200, 1.6, 125],
  [200, 5, 100],
  [100, 5, 100],
  [20, 5, 20],
] as const) {
  test(`of ${rate} requests a second a computer of pace ${pace} is asked for ${asked}`, (t) => {
    t.is(rateAt(rate, pace), asked);
  });
}
