import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { watchLoadBalancers } from '../../../src/campaign/observers/load-balancers.js';
import { type Observed, observe } from '../../../src/campaign/observers/observers.js';
import { openVantage } from '../../../src/campaign/vantage.js';
import { systemClock } from '../../../src/host/clock.js';
import { planOf } from '../../../src/plan/plan.js';
import { labSchema } from '../../../src/roles/lab-schema.js';
import { openWorld } from '../world.js';

/** A load balancer's statistics: whatever `body` says at the moment, or no answer at all. */
const statistics = async (t: ExecutionContext, address: string, port: number, body: () => string | undefined) => {
  const server: Server = createServer((_request, response) => {
    const text = body();
    if (text !== undefined) response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
};

const csv = (status: string) => `# pxname,svname,status,type,\nweb,web,${status},2,\nweb,BACKEND,${status},1,\n`;

/** Waits for the next event that is not a note; a computer without ip gives one. */
const next = async (events: readonly Observed[], count: number): Promise<readonly Observed[]> => {
  for (let left = 100; left > 0 && events.length < count; left -= 1) await delay(30);
  return events.slice(count - 1);
};

test('how things stand is told first, then every change, and nothing after closing', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 50 });
  t.teardown(close);
  const [lb1, lb2] = site.plan.machines.map((machine) => machine.address);
  let said: string | undefined = csv('UP');
  await statistics(t, lb1 ?? '', site.plan.ports.stats, () => said);
  await statistics(t, lb2 ?? '', site.plan.ports.stats, () => 'Forbidden, "but\n');
  const vantage = openVantage(world);
  t.teardown(() => vantage.close());

  const heard: Observed[] = [];
  const notes: string[] = [];
  const ground = { plan: site.plan, provider: world, clock: systemClock, vantage };
  const observers = await observe(ground, (event) => {
    if (event.type === 'note') notes.push(event.text);
    else if (event.type !== 'stall') heard.push(event);
  });
  t.teardown(() => observers.close());
  t.deepEqual(observers.holders(), ['lb1']);
  t.deepEqual(heard, [
    { type: 'vip', holders: ['lb1'] },
    { type: 'backend', machine: 'lb1', server: 'web', up: true },
  ]);

  await world.faults.cutPower('lb1');
  t.deepEqual(await next(heard, 4), [{ type: 'vip', holders: ['lb2'] }]);
  t.deepEqual(heard[2], { type: 'vip', holders: [] });
  t.deepEqual(observers.holders(), ['lb2']);

  said = undefined;
  await delay(600);
  said = csv('DOWN');
  t.deepEqual(await next(heard, 5), [{ type: 'backend', machine: 'lb1', server: 'web', up: false }]);
  t.is(notes.filter((note) => note.startsWith("lb2's statistics can't be read: ")).length, 1);

  await observers.close();
  said = csv('UP');
  await world.faults.cutPower('lb2');
  await delay(700);
  t.is(heard.length, 5);
});

test('that whoever is on call can’t be heard stands for as long as it lasts', async (t) => {
  const { world, site, close } = await openWorld({});
  t.teardown(close);
  const { subnet } = site.plan.network;
  const plan = planOf(labSchema.parse({ additional: 'monitoring', network: { subnet } }));
  const vantage = openVantage(world);
  t.teardown(() => vantage.close());
  // Nobody waits for the one who will never be heard.
  const sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 100), signal);
  const observers = await observe(
    { plan, provider: world, clock: { ...systemClock, sleep }, vantage },
    () => undefined,
  );
  t.teardown(() => observers.close());
  t.false(await observers.inTouch());
  t.deepEqual(
    observers.standing().flatMap((event) => (event.type === 'note' && event.deafTo ? [event.deafTo] : [])),
    ['alerts'],
  );
});

/** The load balancers of a world of their own, watched until the test ends; what is heard is told. */
const watched = async (t: ExecutionContext) => {
  const { world, site, close } = await openWorld({});
  t.teardown(close);
  const heard: Observed[] = [];
  const closing = new AbortController();
  t.teardown(() => closing.abort());
  const ground = { plan: site.plan, provider: world, clock: systemClock };
  const balancers = watchLoadBalancers(ground, (event) => heard.push(event), closing.signal);
  await balancers.inTouch();
  return { world, heard, balancers };
};

test('a machine that lost its power holds and runs nothing, before anybody missed its answer', async (t) => {
  const { world, heard, balancers } = await watched(t);
  // As bash and journalctl write it: a whole second has its zeroes as well.
  const now = (Date.now() / 1000).toFixed(6);
  world.say('lb1', `journal ${now} ${now} lb1 Keepalived_vrrp[1]: (site) Entering MASTER STATE`);
  balancers.feel('lb1', 'off');
  t.deepEqual(balancers.holders(), []);
  t.deepEqual(heard, [
    { type: 'vip', holders: ['lb1'] },
    { type: 'vrrp', machine: 'lb1', state: 'master' },
    { type: 'vip', holders: [] },
    { type: 'vrrp', machine: 'lb1', state: 'stopped' },
  ]);
  world.holder = 'lb2';
  world.say('lb2', 'holds');
  t.deepEqual(await next(heard, 5), [{ type: 'vip', holders: ['lb2'] }]);
});

test('a machine that is paused holds nothing, until it says something or is known to go on', async (t) => {
  const { world, heard, balancers } = await watched(t);
  balancers.feel('lb1', 'still');
  t.deepEqual(balancers.holders(), []);
  world.say('lb1', 'tick');
  balancers.feel('lb1', 'waking');
  t.deepEqual(balancers.holders(), []);
  world.say('lb1', 'tick');
  t.deepEqual(balancers.holders(), ['lb1']);

  balancers.feel('lb1', 'still');
  world.say('lb2', 'holds');
  balancers.feel('lb1', 'waking');
  t.deepEqual(balancers.holders(), ['lb2']);
  world.say('lb2', 'free');
  t.deepEqual(balancers.holders(), ['lb1']);

  balancers.feel('lb1', 'still');
  balancers.feel('lb1', 'awake');
  t.deepEqual(
    heard.flatMap((event) => (event.type === 'vip' ? [event.holders.join()] : [])),
    ['lb1', '', 'lb1', '', 'lb2', 'lb1,lb2', 'lb1', '', 'lb1'],
  );
});

test('what a load balancer tells late happened when it says', async (t) => {
  const { world, site, close } = await openWorld({});
  t.teardown(close);
  const heard: [string, number][] = [];
  const closing = new AbortController();
  t.teardown(() => closing.abort());
  const ground = { plan: site.plan, provider: world, clock: systemClock };
  const seen = (event: Observed, agoMs: number) => {
    if (event.type === 'vip') heard.push([event.holders.join(), Math.round(agoMs / 100) * 100]);
  };
  const { inTouch } = watchLoadBalancers(ground, seen, closing.signal);
  await inTouch();
  const said = (deleted: string, agoMs: number) =>
    `[${new Date(Date.now() - agoMs).toISOString().replace('Z', '000')}] ${deleted}2: host0    inet ${site.plan.network.vip}/32`;
  for (const machine of ['lb1', 'lb2']) world.say(machine, `tick ${(Date.now() / 1000).toFixed(6)}`);
  await delay(1000);
  world.say('lb1', said('Deleted ', 600));
  world.say('lb2', said('', 800));
  t.deepEqual(heard, [
    ['lb1', 0],
    ['', 600],
    ['lb2', 800],
  ]);
});
