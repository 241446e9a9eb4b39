import test, { type ExecutionContext } from 'ava';
import { type CrewKeeper, keepCrew } from '../../src/campaign/crew.js';
import type { Observed } from '../../src/campaign/observers/observed.js';
import { openVantage } from '../../src/campaign/vantage.js';
import { systemClock } from '../../src/host/clock.js';
import { openWorld, type World } from './world.js';

/** Keeps a crew for a pretended lab; what the clock says may be moved on. */
const keeping = async (
  t: ExecutionContext,
): Promise<{ crews: CrewKeeper; world: World; later: (ms: number) => void }> => {
  const { world, site, close } = await openWorld({});
  t.teardown(close);
  const vantage = openVantage(world);
  t.teardown(() => vantage.close());
  let aheadMs = 0;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  const crews = keepCrew({ plan: site.plan, provider: world, clock, vantage });
  t.teardown(() => crews.dismiss());
  return {
    crews,
    world,
    later: (ms) => {
      aheadMs += ms;
    },
  };
};

test('a crew serves again and again, and each run is told how things stand and what changes', async (t) => {
  const { crews, world } = await keeping(t);
  const crew = await crews.take();
  const told: Observed[][] = [[], []];
  for (const heard of told) {
    t.is(await crews.take(), crew);
    heard.push(...crew.observers.standing().filter(({ type }) => type === 'vip'));
    crew.tell((event) => void (event.type === 'vip' && heard.push(event)));
    world.say('lb1', 'free');
    crew.tell(() => undefined);
    world.say('lb2', 'holds');
  }
  t.deepEqual(
    told.map((each) => each.map((event) => (event.type === 'vip' ? event.holders.join() : ''))),
    [['lb1', ''], ['lb2']],
  );
});

test('whoever lost touch with a machine is waited for', async (t) => {
  const { crews, world } = await keeping(t);
  const crew = await crews.take();
  world.holder = 'lb2';
  crew.observers.feel('lb1', 'off');
  t.deepEqual(crew.observers.holders(), []);
  t.is(await crews.take(), crew);
  world.say('lb2', 'holds');
  t.deepEqual(crew.observers.holders(), ['lb2']);
});

test('a crew is replaced when one of its processes is gone, when it was dismissed and when it served for long', async (t) => {
  const { crews, later } = await keeping(t);
  const first = await crews.take();
  await first.senders.close();
  const second = await crews.take();
  await crews.dismiss();
  const third = await crews.take();
  later(400_000);
  const last = await crews.take();
  t.is(new Set([first, second, third, last]).size, 4);
  t.is(await crews.take(), last);
});

test('whoever is dismissed while being waited for does not stay', async (t) => {
  const { crews } = await keeping(t);
  const crew = await crews.take();
  const again = crews.take();
  await crews.dismiss();
  t.is(await again, crew);
  t.false(crew.senders.ready());
  const anew = crews.take();
  await crews.dismiss();
  t.false((await anew).senders.ready());
});
