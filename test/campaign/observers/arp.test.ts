import test from 'ava';
import { hardwareIn } from '../../../src/campaign/observers/arp.js';

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
