import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { makeFault } from '../../src/campaign/open-faults.js';
import { readRecord, runAt } from '../../src/campaign/records.js';
import { verify } from '../../src/campaign/verify.js';
import { recorded } from '../../src/check/recorded.js';
import { plainLine } from '../../src/cli/progress-plain.js';
import { systemClock } from '../../src/host/clock.js';
import { openStream } from '../../src/host/event-stream.js';
import type { StampedEvent } from '../../src/model/events.js';
import { scenarioSchema } from '../../src/model/scenario.js';
import { scheduled } from '../../src/plan/expectation.js';
import { openWorld } from './world.js';

const unreadable = {
  kind: 'scenario',
  id: 'own',
  title: 'Own',
  outcome: 'unknown',
  detail: 'it has a mistake',
} as const;

test('a verification is one stream, from which its history follows as well as its progress', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  await makeFault(site, world, { machine: 'lb1', fault: 'cable-cut' });
  const impossible = scheduled(
    scenarioSchema.parse({
      id: 'no-power',
      title: 'The power is cut',
      why: 'To see it.',
      faults: [{ fault: 'power-cut', target: 'db', for: '1 s' }],
      expect: {},
    }),
    site.plan,
  );
  Reflect.deleteProperty(world.faults, 'cutPower');
  const events: StampedEvent[] = [];
  const { folder, record } = await verify(
    site,
    world,
    {
      scenariosAt: () => [impossible],
      foundBefore: [unreadable],
      checks: false,
      pace: 1,
      wellWithinMs: 100,
      quintet: '0.0.0',
      command: 'quintet verify',
    },
    openStream('verify', systemClock, [(event) => events.push(event)]),
  );
  const follows = events.flatMap((event) => recorded(event) ?? []);
  t.deepEqual(
    follows.map(({ type }) => type),
    ['verification-started', 'found', 'found', 'verification-ended'],
  );
  const lines = (await readFile(join(folder, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
  t.deepEqual(
    lines,
    follows.map((event) => JSON.stringify(event)),
  );
  t.deepEqual(record, follows);
  t.deepEqual(await readRecord(runAt(folder)), JSON.parse(JSON.stringify(follows)));
  const told = events.flatMap((event) => plainLine(event, false) ?? []);
  t.is(told[0], 'Undone: cable-cut on lb1.');
  t.deepEqual(told.slice(-2), [
    'unknown: Own: it has a mistake',
    "skipped: The power is cut: the container provider can't cut the power",
  ]);
  t.true(events.every(({ origin }) => origin === 'verify'));
});
