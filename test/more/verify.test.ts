import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { makeFault, readOpenFaults } from '../../src/campaign/open-faults.js';
import { readRecord, runAt } from '../../src/campaign/records.js';
import { verify } from '../../src/campaign/verify.js';
import { judgeRecord } from '../../src/check/record.js';
import { recorded } from '../../src/check/recorded.js';
import { systemClock } from '../../src/host/clock.js';
import { openStream } from '../../src/host/event-stream.js';
import { InterruptedError } from '../../src/model/errors.js';
import type { Hear, LabEvent, StampedEvent } from '../../src/model/events.js';
import type { RecordEvent } from '../../src/model/history.js';
import { scenarioSchema } from '../../src/model/scenario.js';
import type { Verdict } from '../../src/model/verdict.js';
import { scheduled } from '../../src/plan/expectation.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { type Manners, openWorld } from '../campaign/world.js';
import { onceMore } from '../rig/at-last.js';

const plan = planOf(labSchema.parse({ name: 'scale-up' }));

const scenario = (changes: object = {}, fault: object = {}) =>
  scheduled(
    scenarioSchema.parse({
      id: 'cable-cut',
      title: 'The cable is pulled',
      why: 'To see it.',
      before: '700 ms',
      faults: [{ fault: 'cable-cut', target: 'vip-holder', for: '1 s', ...fault }],
      after: '300 ms',
      expect: { site: { outageAtMost: '700 ms' }, vip: { heldBy: 'one' } },
      ...changes,
    }),
    plan,
  );

const heard = (hear: Hear = () => undefined) => openStream('verify', systemClock, [hear]);

const about = { quintet: '0.0.0', command: 'quintet verify' };

const linesOf = async (folder: string): Promise<RecordEvent[]> =>
  (await readFile(join(folder, 'history.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The whole of verify, with pretended machines and a real site: it measures, so nothing else may run beside it. */

test.serial('a takeover in time passes, is measured, written down and healed', async (t) => {
  const play = async () => {
    const { world, site, close } = await openWorld({ takeoverMs: 200 });
    t.teardown(close);
    const events: LabEvent[] = [];
    const options = { scenariosAt: () => [scenario()], ...about, checks: false };
    return {
      world,
      site,
      events,
      ...(await verify(
        site,
        world,
        options,
        heard((event) => events.push(event)),
      )),
    };
  };
  const { world, site, events, verdict, folder } = await onceMore(play, (run) => run.verdict.outcome === 'unknown');
  const [finding] = verdict.findings;
  t.is(verdict.outcome, 'pass', JSON.stringify(finding, undefined, 1));
  const figure = (name: string) => finding?.measures?.find((each) => each.name === name)?.value ?? Number.NaN;
  const history = await linesOf(folder);
  const probes = history.filter((event) => event.type === 'probe');
  // Two probe intervals and a connection under way when the site closed, and as much as probes were late on a busy computer.
  const blurMs = 30 + Math.max(...probes.map(({ latenessMs }) => latenessMs));
  t.true(figure('outage') >= world.darkMs - blurMs, `${figure('outage')} of ${world.darkMs}`);
  t.true(figure('outage at least') <= world.darkMs + blurMs, `${figure('outage at least')} of ${world.darkMs}`);
  t.regex(finding?.detail ?? '', /carried by lb1, then lb2/);
  t.deepEqual(
    events.filter((event) => event.type === 'scenario-ended').map((event) => event.finding.id),
    ['cable-cut'],
  );
  t.deepEqual(await readdir(folder), ['history.jsonl', 'journals', 'junit.xml', 'report.html', 'report.json']);
  t.is(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')).outcome, 'pass');
  t.is(probes.length, figure('sent'));
  t.deepEqual(
    history.filter((event) => event.type === 'vip').map((event) => event.holders),
    [['lb1'], [], ['lb2']],
  );
  t.deepEqual(await readOpenFaults(site.folder), []);
});

/** What is wrong fails, or says that this computer had no time to find it out; it never passes. */
const failsOrWasBusy = (t: ExecutionContext, { outcome, findings }: Verdict, detail: RegExp): void => {
  const said = findings.map((finding) => finding.detail).join();
  if (outcome === 'unknown') return void t.regex(said, /this computer was busy/);
  t.is(outcome, 'fail', JSON.stringify(findings));
  t.regex(said, detail);
};

test.serial('a load balancer that never takes over fails', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  const { verdict } = await verify(site, world, { scenariosAt: () => [scenario()], ...about, checks: false }, heard());
  failsOrWasBusy(t, verdict, /^outage [\d,]+ ms of at most 700 ms/);
  t.is(world.holder, 'lb1');
});

test.serial('a killed process is one of the machine that holds the VIP, and is started again', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 50 });
  t.teardown(close);
  const killed = scenario({ repeat: 2 }, { fault: 'process-killed', service: 'haproxy' });
  const { verdict } = await verify(site, world, { scenariosAt: () => [killed], ...about, checks: false }, heard());
  t.is(verdict.outcome, 'pass', JSON.stringify(verdict.findings));
  t.deepEqual(world.killed, ['lb1 haproxy.service', 'lb2 haproxy.service']);
  t.regex(verdict.findings[0]?.detail ?? '', /worst of 2 runs/);
});

test.serial('a fault lasts from when it is there, however long it takes to make', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 50 });
  t.teardown(close);
  const cut = world.faults.cutCable;
  world.faults.cutCable = async (machine) => {
    await delay(400);
    await cut(machine);
  };
  const { folder } = await verify(site, world, { scenariosAt: () => [scenario()], ...about, checks: false }, heard());
  const history = await linesOf(folder);
  const [fault] = history.filter((event) => event.type === 'fault');
  const [heal] = history.filter((event) => event.type === 'heal');
  const lasted = (heal?.atMs ?? 0) - (fault?.atMs ?? 0) - (fault?.tookMs ?? 0);
  t.true(lasted >= 990, `${lasted} ms of 1 s`);
});

test.serial('what the provider cannot do is skipped with the reason, and nothing but skipped is unknown', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  const lame = Object.create(world, { faults: { value: {} } });
  const { verdict } = await verify(site, lame, { scenariosAt: () => [scenario()], ...about, checks: false }, heard());
  t.is(verdict.findings[0]?.outcome, 'skipped');
  t.is(verdict.findings[0]?.detail, "the container provider can't pull the cable");
  t.is(verdict.outcome, 'unknown');
});

test.serial('a run in which no fault could be made breaks off, and is not tried again', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  let calls = 0;
  world.faults.cutCable = async () => {
    calls += 1;
    throw new Error('the cable is stuck');
  };
  const { verdict } = await verify(site, world, { ...about, scenariosAt: () => [scenario()], checks: false }, heard());
  t.is(verdict.outcome, 'unknown');
  t.is(verdict.findings[0]?.detail, 'the scenario broke off: the cable is stuck');
  t.is(calls, 1);
});

const sureOf = () => ({ ...scenario(), repeat: 3, untilSure: { sharePercent: 50, confidencePercent: 80 } });
const untilSure = async (t: ExecutionContext, manners: Manners) => {
  const { world, site, close } = await openWorld(manners);
  t.teardown(close);
  const events: LabEvent[] = [];
  const options = { ...about, scenariosAt: () => [sureOf()], checks: false };
  const { verdict, record } = await verify(
    site,
    world,
    options,
    heard((event) => events.push(event)),
  );
  const judged = events.filter((event) => event.type === 'run-judged');
  const starts = record.filter((event) => event.type === 'run-started' && event.attempt === 1);
  return { finding: verdict.findings[0], judged, starts };
};

test.serial('until it is sure a scenario is repeated, its faults spread over the advert interval', async (t) => {
  const { finding, judged, starts } = await onceMore(
    () => untilSure(t, { takeoverMs: 200 }),
    (run) => run.finding?.outcome === 'unknown',
  );
  t.is(finding?.outcome, 'pass', finding?.detail);
  t.like(finding?.certainty, { held: 3, known: 3, confidencePercent: 80 });
  t.deepEqual(
    starts.slice(0, 3).map((event) => event.type === 'run-started' && event.faultOffsetMs),
    [0, 185, 71],
  );
  t.is(judged.length, starts.length - 1);
  t.like(judged[0], { id: 'cable-cut', held: 1, wanted: 3 });
});

test.serial('the first fail ends it, and here is one that nothing excuses', async (t) => {
  const { finding, judged, starts } = await untilSure(t, { takeoverMs: 50, forgets: true });
  t.is(finding?.outcome, 'fail', finding?.detail);
  t.deepEqual([starts.length, judged.length], [1, 0]);
});

test.serial('what the site acknowledged and does not have at the end is lost', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 50, forgets: true });
  t.teardown(close);
  const { verdict } = await verify(site, world, { ...about, scenariosAt: () => [scenario()], checks: false }, heard());
  t.is(verdict.outcome, 'fail');
  t.regex(verdict.findings[0]?.detail ?? '', /lost/);
});

test.serial('when the time for the verification is over, the rest is unknown and everything undone', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  const long = scenario({ id: 'long' }, { for: '60 s' });
  const options = { ...about, scenariosAt: () => [long, scenario()], checks: false, timeoutMs: 2500 };
  const { verdict } = await verify(site, world, options, heard());
  t.deepEqual(
    verdict.findings.map(({ id, outcome }) => [id, outcome]),
    [
      ['long', 'unknown'],
      ['cable-cut', 'unknown'],
    ],
  );
  t.regex(verdict.findings[0]?.detail ?? '', /the time for the whole verification was over/);
  t.is(world.holder, 'lb1');
});

test.serial('the same verdict follows from history.jsonl alone, and the same history from the stream', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 200 });
  t.teardown(close);
  const events: StampedEvent[] = [];
  const options = { ...about, scenariosAt: () => [scenario()] };
  const { verdict, folder } = await verify(
    site,
    world,
    options,
    heard((event) => events.push(event)),
  );
  t.deepEqual(judgeRecord(await readRecord(runAt(folder))), verdict);
  t.deepEqual(await linesOf(folder), JSON.parse(JSON.stringify(events.flatMap((event) => recorded(event) ?? []))));
  const [started, begun] = ['run-started', 'fault'].map((type) => events.find((event) => event.type === type));
  t.is(Math.round((begun?.monotonicMs ?? 0) - (started?.monotonicMs ?? 0)), Math.round(atMsOf(begun)));
});

const atMsOf = (event: StampedEvent | undefined): number =>
  event !== undefined && 'atMs' in event ? event.atMs : Number.NaN;

test.serial('a fault that an earlier, killed Quintet left open is undone first', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  await makeFault(site, world, { machine: 'lb1', fault: 'cable-cut' });
  t.is(world.holder, undefined);
  const healed: string[] = [];
  await verify(
    site,
    world,
    { scenariosAt: () => [], ...about, checks: false },
    heard((event) => {
      if (event.type === 'heal') healed.push(`${event.fault} ${event.machine}`);
    }),
  );
  t.is(world.holder, 'lb1');
  t.deepEqual(healed, ['cable-cut lb1']);
});

test.serial('an interruption during a fault undoes it and ends the verification', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  const abort = new AbortController();
  const long = scenario({ before: '100 ms', after: '100 ms' }, { for: '60 s' });
  const running = verify(
    site,
    world,
    { scenariosAt: () => [long], ...about, checks: false, signal: abort.signal },
    heard(),
  );
  const untilMs = Date.now() + 10_000;
  while (world.holder !== undefined && Date.now() < untilMs) await delay(20);
  abort.abort();
  await t.throwsAsync(running, { instanceOf: InterruptedError });
  t.is(world.holder, 'lb1');
  t.deepEqual(await readOpenFaults(site.folder), []);
});

test.serial('checks that could not be made are unknown, and the site itself is judged all the same', async (t) => {
  const { world, site, close } = await openWorld();
  t.teardown(close);
  const { verdict } = await verify(site, world, { ...about, scenariosAt: () => [] }, heard());
  const outcomeOf = (id: string) => verdict.findings.find((finding) => finding.id === id)?.outcome;
  t.is(outcomeOf('vip-holder'), 'pass');
  t.is(outcomeOf('load-balancer-named'), 'pass');
  t.is(outcomeOf('static'), 'pass');
  t.is(outcomeOf('tls-chain'), 'fail');
  t.is(outcomeOf('hsts'), 'fail');
  t.is(outcomeOf('connections'), 'fail', 'nothing redirects http');
  t.is(outcomeOf('database-rights'), 'unknown');
  t.is(verdict.outcome, 'fail');
});

test.serial('what is found before anything is played counts in the verdict', async (t) => {
  const { world, site, close } = await openWorld({ takeoverMs: 200 });
  t.teardown(close);
  const unreadable = {
    kind: 'scenario',
    id: 'own',
    title: 'own',
    outcome: 'unknown',
    detail: 'it has a mistake',
  } as const;
  const told: LabEvent[] = [];
  const options = { scenariosAt: () => [], foundBefore: [unreadable], ...about, checks: false, wellWithinMs: 100 };
  const { verdict, record } = await verify(
    site,
    world,
    options,
    heard((event) => told.push(event)),
  );
  t.deepEqual(verdict, { outcome: 'unknown', findings: [unreadable] });
  t.deepEqual(judgeRecord(record), verdict);
  t.true(told.some((event) => event.type === 'scenario-ended' && event.finding.id === 'own'));
});
