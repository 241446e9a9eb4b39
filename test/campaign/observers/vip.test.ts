import test from 'ava';
import { holdsAfter } from '../../../src/campaign/observers/vip.js';

const vip = '192.168.56.10';
const words = [
  ['holds', true],
  ['free', false],
  ['tick', undefined],
  ['hardware a6:55:47:52:28:39', undefined],
  ['2: host0    inet 192.168.56.10/32 scope global host0\\       valid_lft forever preferred_lft forever', true],
  ['Deleted 2: host0    inet 192.168.56.10/32 scope global host0\\       valid_lft forever', false],
  ['[2026-11-26T01:36:03.123456] 2: host0    inet 192.168.56.10/32 scope global host0', true],
  ['[2026-11-26T01:36:03.123456] Deleted 2: host0    inet 192.168.56.10/32 scope global host0', false],
  ['2: host0    inet 192.168.56.100/24 brd 192.168.56.255 scope global host0', undefined],
] as const;

for (const [line, expected] of words) {
  test(`of the VIP a load balancer says: ${line}`, (t) => t.is(holdsAfter(line, vip), expected));
}
