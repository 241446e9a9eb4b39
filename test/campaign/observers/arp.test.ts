import test from 'ava';
import { hardwareIn, watchArp } from '../../../src/campaign/observers/arp.js';
import { systemClock } from '../../../src/host/clock.js';
import { planOf } from '../../../src/plan/plan.js';
import type { Provider } from '../../../src/providers/provider.js';
import { labSchema } from '../../../src/roles/lab-schema.js';

const vip = '192.168.56.10';
const lines = [
  ['192.168.56.10 dev br0 lladdr a6:55:47:52:28:39 REACHABLE ', 'a6:55:47:52:28:39'],
  ['192.168.56.10 dev vboxnet0 lladdr 08:00:27:12:34:56 STALE', '08:00:27:12:34:56'],
  ['192.168.56.10 dev br0 INCOMPLETE ', undefined],
  ['192.168.56.10 dev br0  FAILED', undefined],
  ['Deleted 192.168.56.10 dev br0 lladdr a6:55:47:52:28:39 STALE', undefined],
  ['192.168.56.101 dev br0 lladdr a6:55:47:52:28:40 REACHABLE', undefined],
  ['', undefined],
] as const;

for (const [line, expected] of lines) {
  test(`the vantage sends to ${expected ?? 'nobody new'} after: ${line || 'an empty line'}`, (t) =>
    t.is(hardwareIn(line, vip), expected));
}

test('a computer whose programs tell nothing of ARP gives one note and goes on', async (t) => {
  const seen: object[] = [];
  const ending = new AbortController();
  const provider: Pick<Provider, 'atVantage'> = {
    atVantage: ([program = '', ...words]) => [`/nowhere/${program}`, ...words],
  };
  const ground = { plan: planOf(labSchema.parse({})), provider: provider as Provider, clock: systemClock };
  const watching = watchArp(
    ground,
    () => undefined,
    (event) => seen.push(event),
    ending.signal,
  );
  await watching.inTouch();
  ending.abort();
  await watching.ended;
  t.is(seen.length, 1);
  t.like(seen[0], {
    type: 'note',
    text: "ARP at the vantage can't be watched: /nowhere/ip: not found on this computer",
  });
});
