import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { type BootSigns, hasGotOn, watchBoot } from '../../src/providers/container/boot-progress.js';

const at = (consoleBytes: number, processorMs: number): BootSigns => ({ consoleBytes, processorMs });

const rows: readonly (readonly [what: string, before: BootSigns, now: BootSigns, hasGotOn: boolean])[] = [
  ['nothing moved', at(100, 500), at(100, 500), false],
  ['a unit was told of', at(100, 500), at(160, 500), true],
  ['a new console', at(100, 500), at(0, 500), true],
  ['it only ticks', at(100, 500), at(100, 549), false],
  ['it works', at(100, 500), at(100, 550), true],
  ['it works on nothing that ends', at(100, 60_000), at(100, 61_000), false],
  ['and yet a unit was done', at(100, 60_000), at(101, 61_000), true],
];

for (const [what, before, now, expected] of rows) {
  test(`${what}: ${expected ? 'it gets on' : 'it stands still'}`, (t) => t.is(hasGotOn(before, now), expected));
}

const patience = { stuckAfterMs: 60, tellAfterMs: 100, everyMs: 10 };

test('a machine that moves is waited for, however long it takes, and that is told once', async (t) => {
  let bytes = 0;
  let told = 0;
  const look = async () => at(bytes++, 0);
  const watch = watchBoot(look, patience, async () => void told++);
  await delay(400);
  t.false(watch.stuck.aborted);
  t.is(told, 1);
  watch.end();
});

test('a machine that stands still is given up', async (t) => {
  const watch = watchBoot(
    async () => at(1, 1),
    patience,
    async () => undefined,
  );
  await new Promise((resolve) => watch.stuck.addEventListener('abort', resolve));
  t.pass();
});
