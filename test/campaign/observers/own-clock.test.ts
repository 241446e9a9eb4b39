import test from 'ava';
import { ownClock, timeIn } from '../../../src/campaign/observers/own-clock.js';

test('what is told late happened so long ago, whatever the two clocks say', (t) => {
  const agoOf = ownClock();
  const words = [
    [1_000_000, 5020],
    [1_001_000, 6000],
    [1_002_000, 7300],
    [1_003_000, 8000],
  ] as const;
  t.deepEqual(
    words.map(([thenMs, heardMs]) => agoOf(thenMs, heardMs)),
    [0, 0, 300, 0],
  );
});

test('a clock that is set meanwhile, either way, begins anew', (t) => {
  const agoOf = ownClock();
  agoOf(1_000_000, 5000);
  t.is(agoOf(400_000, 6000), 0);
  t.is(agoOf(401_000, 7040), 40);
  t.is(agoOf(9_000_000, 8000), 0);
  t.is(agoOf(9_001_000, 9010), 10);
});

for (const [line, timeMs] of [
  ['tick 1795655763.250000', 1_795_655_763_250],
  ['journal 1795655763.250000 1795655763.2 lb1 systemd[1]: …', 1_795_655_763_250],
  ['[2026-11-26T01:36:03.250000] Deleted 2: host0    inet 192.168.56.10/32', Date.UTC(2026, 10, 26, 1, 36, 3, 250)],
  ['2: host0    inet 192.168.56.10/32 scope global host0', undefined],
  ['holds', undefined],
  ['tick', undefined],
] as const) {
  test(`the time in: ${line}`, (t) => t.is(timeIn(line), timeMs));
}
