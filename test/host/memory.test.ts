import test from 'ava';
import { availableBytes } from '../../src/host/memory.js';

test('macOS has more memory to give than it calls free; others say what there is', (t) => {
  const memory = { free: 300, total: 16_000 };
  t.is(availableBytes('darwin', memory), 8000);
  t.is(availableBytes('darwin', { ...memory, free: 12_000 }), 12_000);
  t.is(availableBytes('linux', memory), 300);
  t.is(availableBytes('win32', memory), 300);
});
