import test from 'ava';
import { slowest, usualPace } from '../../src/model/pace.js';

for (const [paces, pace] of [
  [[], usualPace],
  [[undefined], usualPace],
  [[0.5], usualPace],
  [[1, 3.1, undefined, 2], 3.1],
] as const) {
  test(`of the paces ${paces.map(String).join(', ') || '(none)'} ${pace} counts`, (t) => t.is(slowest(...paces), pace));
}
