import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bring } from '../../src/drive/bring.js';
import type { Wanted } from '../../src/drive/lifecycle.js';
import { listSnapshots } from '../../src/drive/snapshots.js';
import { exists } from '../../src/host/files.js';
import { ComputerError, InputError, InterruptedError, MachineError } from '../../src/model/errors.js';
import type { LabEvent } from '../../src/model/events.js';
import { type DummyOptions, DummyProvider } from '../../src/providers/dummy/dummy-provider.js';
import { type SiteOnDisk, siteWith } from '../rig/site.js';
import { untilKilled } from './killed.js';

const five = ['lb1', 'lb2', 'web', 'app', 'db'];

interface Run {
  readonly provider: DummyProvider;
  readonly events: LabEvent[];
  readonly error: unknown;
}

interface Extra extends Omit<Partial<DummyOptions>, 'root'> {
  readonly machines?: readonly string[];
  readonly signal?: AbortSignal;
  readonly concurrency?: number;
  readonly again?: boolean;
  readonly saveAs?: string;
  readonly onEvent?: (event: LabEvent) => void;
}

/** One run of Quintet: a new provider object, nothing kept from the run before but what is on disk. */
const drive = async ({ site, root }: SiteOnDisk, wanted: Wanted, extra: Extra = {}): Promise<Run> => {
  const { machines = [], signal, concurrency, again, saveAs, onEvent, ...fate } = extra;
  const provider = new DummyProvider(site, { root, ...fate });
  const events: LabEvent[] = [];
  const emit = (event: LabEvent) => {
    events.push(event);
    onEvent?.(event);
  };
  const options = {
    ...(signal ? { signal } : {}),
    ...(concurrency ? { concurrency } : {}),
    ...(again ? { again } : {}),
    ...(saveAs ? { saveAs } : {}),
  };
  const error = await bring(site, provider, wanted, machines, emit, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { provider, events, error };
};

const stepsDone = ({ events }: Run): string[] =>
  events
    .flatMap((event) => (event.type === 'step-done' && event.machine ? [`${event.machine} ${event.step}`] : []))
    .sort();

const isUp = async (t: ExecutionContext, lab: SiteOnDisk, machines: readonly string[]) => {
  const provider = new DummyProvider(lab.site, lab);
  for (const machine of machines) {
    t.is(await provider.state(machine), 'running', machine);
    const disk = await provider.disk(machine);
    t.true(disk.includes('var/lib/quintet/stage/provision.sh'), `${machine} has its files`);
    t.true(disk.includes('var/lib/quintet/stage/etc/quintet/secret'), `${machine} has its secret`);
  }
  const again = await drive(lab, 'provisioned');
  t.is(again.error, undefined);
  t.deepEqual(stepsDone(again), []);
};

const isGone = async (t: ExecutionContext, lab: SiteOnDisk) => {
  t.false(await exists(join(lab.root, lab.site.id)));
  t.false(await exists(join(lab.site.folder, '.quintet/state.json')));
};

test('every machine is created, started and provisioned with its own files and secrets', async (t) => {
  const lab = await siteWith(t, five);
  const run = await drive(lab, 'provisioned');
  t.is(run.error, undefined);
  t.deepEqual(stepsDone(run), five.flatMap((name) => [`${name} create`, `${name} provision`, `${name} start`]).sort());
  await isUp(t, lab, five);
});

/** Lets nobody on before that many have come. */
const barrier = (count: number) => {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const goOn of waiting) goOn();
    });
};

test('all machines are worked on at the same time', async (t) => {
  t.timeout(30_000, 'some machine waits for another one');
  const lab = await siteWith(t, five);
  const barriers = new Map(['create', 'start', 'upload', 'exec'].map((deed) => [deed, barrier(5)]));
  const { error } = await drive(lab, 'provisioned', { waitsFor: ({ deed }) => barriers.get(deed)?.() });
  t.is(error, undefined);
});

test('fewer at a time when asked', async (t) => {
  const lab = await siteWith(t, ['a', 'b', 'c']);
  const { provider } = await drive(lab, 'provisioned', { concurrency: 1, delaysMs: { create: 5 } });
  const order = provider.calls.filter(({ machine }) => machine).map(({ machine }) => machine);
  t.deepEqual(order, [...order].sort());
});

test('a second up with nothing to do does nothing to any machine', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned');
  const { provider, events } = await drive(lab, 'provisioned');
  t.deepEqual([...new Set(provider.calls.map(({ deed }) => deed))].sort(), ['prepare', 'state']);
  t.deepEqual(
    events.filter((event) => 'machine' in event),
    [],
  );
});

test('a changed file provisions that machine alone again', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned');
  await lab.write('machines/web/etc/nginx/nginx.conf', 'new');
  t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['web provision']);
  await isUp(t, lab, five);
});

test('a changed secret provisions that machine alone again', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned');
  await lab.write('.quintet/machines/db/etc/quintet/secret', 'new');
  t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['db provision']);
});

test('a file that was renamed or removed counts as a change', async (t) => {
  const lab = await siteWith(t, ['web']);
  await lab.write('machines/web/a', 'same');
  await drive(lab, 'provisioned');
  await rm(join(lab.site.folder, 'machines/web/a'));
  await lab.write('machines/web/b', 'same');
  t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['web provision']);
});

test('provisioning can be asked for though nothing changed', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  t.deepEqual(stepsDone(await drive(lab, 'provisioned', { again: true, machines: ['app'] })), ['app provision']);
});

test('halt stops, up starts again without a provision', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  t.deepEqual(stepsDone(await drive(lab, 'stopped')), ['app stop', 'web stop']);
  t.deepEqual(stepsDone(await drive(lab, 'stopped')), []);
  t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['app start', 'web start']);
});

test('only the machines that are named are touched', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned', { machines: ['app'] });
  const provider = new DummyProvider(lab.site, lab);
  t.is(await provider.state('app'), 'running');
  t.is(await provider.state('web'), 'absent');
  await drive(lab, 'provisioned');
  await drive(lab, 'absent', { machines: ['app'] });
  t.is(await provider.state('app'), 'absent');
  t.is(await provider.state('web'), 'running');
});

test('one machine’s failure leaves the others done and shows the end of its log', async (t) => {
  const lab = await siteWith(t, five);
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n');
  const answer = (machine: string) => ({ exitCode: machine === 'db' ? 3 : 0, stdout: lines, stderr: '' });
  const { error, events } = await drive(lab, 'provisioned', { answer });
  t.true(error instanceof MachineError);
  const { machine, message, log, hint } = error as MachineError;
  t.is(machine, 'db');
  t.regex(message, /provision\.sh failed with exit code 3/);
  t.deepEqual(log.split('\n'), lines.split('\n').slice(-20));
  t.truthy(hint);
  t.is(events.filter((event) => event.type === 'step-failed').length, 1);
  const healed = await drive(lab, 'provisioned');
  t.is(healed.error, undefined);
  t.deepEqual(stepsDone(healed), ['db provision']);
});

test('several failures are told in one error, none hidden', async (t) => {
  const lab = await siteWith(t, five);
  const misfortunes = [
    { deed: 'create', machine: 'lb1' },
    { deed: 'start', machine: 'app' },
  ] as const;
  const { error } = await drive(lab, 'provisioned', { misfortunes });
  t.true(error instanceof MachineError);
  const { message, machine, log, cause } = error as MachineError;
  t.is(machine, 'lb1, app');
  t.regex(message, /2 of 5 machines failed/);
  t.regex(message, /^ {2}lb1 \(create\): create failed/m);
  t.regex(message, /^ {2}app \(start\): start failed/m);
  t.regex(log, /--- lb1\ncreate of lb1\n--- app\nstart of app/);
  t.is((cause as AggregateError).errors.length, 2);
});

test('the same fault of this computer everywhere is told once', async (t) => {
  const lab = await siteWith(t, five);
  const full = new ComputerError('The disk is full.', { hint: 'Free some space.' });
  const { error } = await drive(lab, 'provisioned', { misfortunes: [{ deed: 'create', error: full }] });
  t.is(error, full);
});

test('a bug is not dressed up as a failing machine', async (t) => {
  const lab = await siteWith(t, five);
  const bug = new TypeError('undefined is not a function');
  const misfortunes = [
    { deed: 'create', machine: 'db', error: bug },
    { deed: 'start', machine: 'web' },
  ] as const;
  t.is((await drive(lab, 'provisioned', { misfortunes })).error, bug);
});

test('a machine that can’t be looked at fails alone', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  const run = await drive(lab, 'provisioned', { misfortunes: [{ deed: 'state', machine: 'web' }] });
  t.true(run.error instanceof MachineError);
  t.deepEqual(stepsDone(run), ['app create', 'app provision', 'app start']);
  t.true(run.events.some((event) => event.type === 'step-failed' && event.machine === 'web'));
});

test('when nothing can be prepared no machine is touched', async (t) => {
  const lab = await siteWith(t, five);
  const run = await drive(lab, 'provisioned', { misfortunes: [{ deed: 'prepare' }] });
  t.truthy(run.error);
  t.deepEqual(
    run.provider.calls.map(({ deed }) => deed),
    ['prepare'],
  );
});

test('a machine without its files is the user’s to mend', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await rm(join(lab.site.folder, 'machines/web'), { recursive: true });
  const run = await drive(lab, 'provisioned');
  t.regex(String((run.error as Error).message), /machines\/web\/provision\.sh is missing/);
  t.true(stepsDone(run).includes('app provision'));
});

test('every line is an event and is kept in the machine’s log, for its owner alone', async (t) => {
  const lab = await siteWith(t, ['web']);
  const answer = () => ({ exitCode: 0, stdout: '==> Installing nginx\nok\n', stderr: '' });
  const { events } = await drive(lab, 'provisioned', { answer });
  const lines = events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
  t.true(lines.includes('==> Installing nginx'));
  const path = join(lab.site.folder, '.quintet/logs/web.log');
  const log = await readFile(path, 'utf8');
  t.regex(
    log,
    /^--- \d{4}-.*Z create\ncreate of web\n--- .* start\nstart of web\n--- .* provision\n==> Installing nginx\nok\n$/,
  );
  t.is((await stat(path)).mode & 0o777, 0o600);
});

for (const [title, text] of [
  ['half-written', '{"version":1,"machines":{"web":{"st'],
  ['empty', ''],
  ['of another version', '{"version":99,"machines":{}}'],
] as const) {
  test(`a state file that is ${title} costs a provision and nothing else`, async (t) => {
    const lab = await siteWith(t, ['web', 'app']);
    await drive(lab, 'provisioned');
    await writeFile(join(lab.site.folder, '.quintet/state.json'), text);
    t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['app provision', 'web provision']);
    await isUp(t, lab, ['web', 'app']);
  });
}

test('a machine removed behind Quintet’s back is made again', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  await rm(join(lab.root, lab.site.id, 'web'), { recursive: true });
  t.deepEqual(stepsDone(await drive(lab, 'provisioned')), ['web create', 'web provision', 'web start']);
});

test('other memory for a machine restarts it', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  const machines = lab.site.plan.machines.map((one) => (one.name === 'web' ? { ...one, memoryMb: 2048 } : one));
  const changed = { ...lab, site: { ...lab.site, plan: { ...lab.site.plan, machines } } };
  t.deepEqual(stepsDone(await drive(changed, 'provisioned')), ['web start', 'web stop']);
  t.deepEqual(stepsDone(await drive(changed, 'provisioned')), []);
});

test('another system is refused before anything is touched, and destroy then helps', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  const changed = { ...lab, site: { ...lab.site, plan: { ...lab.site.plan, system: 'debian-12' as const } } };
  const refused = await drive(changed, 'provisioned');
  t.true(refused.error instanceof InputError);
  t.regex((refused.error as Error).message, /web was made from container, debian-13.*\napp was made/);
  t.deepEqual([...new Set(refused.provider.calls.map(({ deed }) => deed))], ['state']);
  t.is((await drive(changed, 'absent')).error, undefined);
  t.is((await drive(changed, 'provisioned')).error, undefined);
});

test('machines that lab.yaml no longer has are mentioned by up and removed by destroy', async (t) => {
  const lab = await siteWith(t, ['web', 'app']);
  await drive(lab, 'provisioned');
  const machines = lab.site.plan.machines.filter(({ name }) => name === 'web');
  const changed = { ...lab, site: { ...lab.site, plan: { ...lab.site.plan, machines } } };
  const { events } = await drive(changed, 'provisioned');
  t.true(events.some((event) => event.type === 'note' && event.text.includes('app')));
  t.is((await drive(changed, 'absent')).error, undefined);
  await isGone(t, lab);
});

test('destroy leaves nothing and can be run again', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned');
  t.is((await drive(lab, 'absent')).error, undefined);
  await isGone(t, lab);
  t.is((await drive(lab, 'absent')).error, undefined);
});

test('destroy tries everything though one machine resists, then says what is still there', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned');
  const run = await drive(lab, 'absent', { misfortunes: [{ deed: 'destroy', machine: 'lb1', time: 1 }] });
  t.true(run.error instanceof MachineError);
  t.is(stepsDone(run).length, 4);
  t.true(run.provider.calls.some(({ deed }) => deed === 'cleanUp'));
  t.is((await drive(lab, 'absent')).error, undefined);
  await isGone(t, lab);
});

test('what a machine’s destruction left behind is told as a fault of this computer', async (t) => {
  const lab = await siteWith(t, ['web']);
  await drive(lab, 'provisioned');
  await mkdir(join(lab.root, lab.site.id, 'stray'));
  const { error } = await drive(lab, 'absent');
  t.true(error instanceof ComputerError);
  t.regex((error as Error).message, /still on this computer:\n {2}folder .*stray/);
});

test('a machine too broken to be looked at is destroyed all the same', async (t) => {
  const lab = await siteWith(t, ['web']);
  await drive(lab, 'provisioned');
  t.is((await drive(lab, 'absent', { misfortunes: [{ deed: 'state' }] })).error, undefined);
  await isGone(t, lab);
});

/** How many events, and calls, one whole up of two machines makes. */
const pair = ['web', 'app'];

test('interrupted at any event, up goes on where it stopped and destroy leaves nothing', async (t) => {
  const whole = await drive(await siteWith(t, pair), 'provisioned');
  t.true(whole.events.length > 12);
  for (let at = 1; at <= whole.events.length; at += 1) {
    const lab = await siteWith(t, pair);
    const stop = new AbortController();
    let seen = 0;
    const onEvent = () => {
      seen += 1;
      if (seen === at) stop.abort();
    };
    const { error } = await drive(lab, 'provisioned', {
      signal: stop.signal,
      onEvent,
      delaysMs: { exec: 1, create: 1 },
    });
    t.true(error instanceof InterruptedError, `event ${at}`);
    if (at % 2 === 0) {
      t.is((await drive(lab, 'provisioned')).error, undefined, `event ${at}`);
      await isUp(t, lab, pair);
    }
    t.is((await drive(lab, 'absent')).error, undefined, `event ${at}`);
    await isGone(t, lab);
  }
});

test('an interrupted machine says so, and no step begins after the interrupt', async (t) => {
  const lab = await siteWith(t, pair);
  const stop = new AbortController();
  const onEvent = (event: LabEvent) => {
    if (event.type === 'step-started' && event.machine === 'web' && event.step === 'start') stop.abort();
  };
  const { events } = await drive(lab, 'provisioned', {
    signal: stop.signal,
    onEvent,
    delaysMs: { create: 20, start: 60_000 },
  });
  const at = events.findIndex((event) => event.type === 'step-started' && event.step === 'start');
  const failed = events.slice(at).filter((event) => event.type === 'step-failed');
  t.true(failed.length > 0);
  t.true(failed.every((event) => event.type === 'step-failed' && event.error instanceof InterruptedError));
  t.false(events.slice(at).some((event) => event.type === 'step-started' && event.step === 'provision'));
});

/** Starts a run that dies at a call as if killed; what was on its way to the disk arrives. */
const killed = async (lab: SiteOnDisk, wanted: Wanted, call: number, moment: 'before' | 'halfway' | 'after') => {
  const provider = new DummyProvider(lab.site, { root: lab.root, killedAt: { call, moment } });
  await untilKilled(
    provider,
    bring(lab.site, provider, wanted, [], () => undefined),
  );
};

for (const moment of ['before', 'halfway', 'after'] as const) {
  test.serial(`killed ${moment} any call of up, up succeeds and destroy leaves nothing`, async (t) => {
    const calls = (await drive(await siteWith(t, pair), 'provisioned')).provider.calls.length;
    t.is(calls, 11);
    for (let call = 1; call <= calls; call += 1) {
      const lab = await siteWith(t, pair);
      await killed(lab, 'provisioned', call, moment);
      t.is((await drive(lab, 'provisioned')).error, undefined, `call ${call}`);
      await isUp(t, lab, pair);
      const other = await siteWith(t, pair);
      await killed(other, 'provisioned', call, moment);
      t.is((await drive(other, 'absent')).error, undefined, `call ${call}`);
      await isGone(t, other);
    }
  });

  test.serial(`killed ${moment} any call of destroy, destroy finishes and so would up`, async (t) => {
    for (let call = 1; call <= 4; call += 1) {
      for (const next of ['absent', 'provisioned'] as const) {
        const lab = await siteWith(t, pair);
        await drive(lab, 'provisioned');
        await killed(lab, 'absent', call, moment);
        t.is((await drive(lab, next)).error, undefined, `call ${call}`);
        if (next === 'provisioned') await isUp(t, lab, pair);
        else await isGone(t, lab);
      }
    }
  });
}

const savedIn = async (lab: SiteOnDisk) => {
  const provider = new DummyProvider(lab.site, lab);
  return listSnapshots({ site: lab.site, provider });
};

test('machines are saved when they were provisioned for the first time, and never again', async (t) => {
  const lab = await siteWith(t, five);
  await drive(lab, 'provisioned', { saveAs: 'first' });
  const [saved] = await savedIn(lab);
  t.deepEqual([...(saved?.machines ?? [])].sort(), [...five].sort());
  t.deepEqual(saved?.lacking, []);
  const again = await drive(lab, 'provisioned', { saveAs: 'first', again: true });
  t.deepEqual(stepsDone(again), five.map((name) => `${name} provision`).sort());
  t.false(again.provider.calls.some(({ deed }) => deed === 'saveRunning'));
});

test('a first provision that is resumed is saved; a machine made anew joins the snapshot of the others', async (t) => {
  const lab = await siteWith(t, five);
  const failed = await drive(lab, 'provisioned', { saveAs: 'first', misfortunes: [{ deed: 'upload', machine: 'db' }] });
  t.truthy(failed.error);
  t.false((await savedIn(lab))[0]?.machines.includes('db'));
  await drive(lab, 'provisioned', { saveAs: 'first' });
  t.true((await savedIn(lab))[0]?.machines.includes('db'));
  await drive(lab, 'absent', { machines: ['web'] });
  t.deepEqual((await savedIn(lab))[0]?.lacking, ['web']);
  await drive(lab, 'provisioned', { saveAs: 'first' });
  t.deepEqual((await savedIn(lab))[0]?.lacking, []);
  t.is((await savedIn(lab))[0]?.machines.length, 5);
});

test('that a machine can’t be saved is said, and the lab is up all the same', async (t) => {
  const lab = await siteWith(t, five);
  const run = await drive(lab, 'provisioned', {
    saveAs: 'first',
    misfortunes: [{ deed: 'saveRunning', machine: 'web' }],
  });
  t.is(run.error, undefined);
  const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  t.is(notes.length, 1);
  t.regex(notes[0] ?? '', /snapshot first was not saved .*quintet reset will build the lab anew/);
  await isUp(t, lab, five);
});

/** Which machines were provisioned when one began to make something of several together; nobody waits for what becomes of it. */
const provisionedBefore = async (step: string, lab: SiteOnDisk): Promise<string[]> => {
  const begun = new AbortController();
  const provisioned = new Set<string>();
  await drive(lab, 'provisioned', {
    concurrency: 1,
    signal: begun.signal,
    onEvent: (event) => {
      if (event.type === 'step-started' && event.step === step) begun.abort();
      if (event.type === 'step-done' && event.step === 'provision' && !begun.signal.aborted)
        provisioned.add(event.machine ?? '');
    },
  });
  if (!begun.signal.aborted) throw new Error(`${step} never began`);
  return [...provisioned].sort();
};

const roleOf = (...roles: string[]) => ({ roles });

test('what machines become together waits for all others, which it may need', async (t) => {
  const machines = { backup: roleOf('backup'), db: roleOf('database'), entry: roleOf('load-balancer', 'web', 'app') };
  const lab = await siteWith(t, Object.keys(machines), { machines });
  t.deepEqual(await provisionedBefore('first base backup', lab), ['backup', 'db', 'entry']);
});

test('databases join one another while others are still on their way', async (t) => {
  const data = roleOf('app', 'database');
  const machines = { data1: data, data2: data, data3: data, entry: roleOf('load-balancer', 'web') };
  const database = { engine: 'mariadb', topology: 'cluster' };
  const lab = await siteWith(t, Object.keys(machines), { machines, database });
  t.deepEqual(await provisionedBefore('join', lab), ['data1', 'data2', 'data3']);
});
