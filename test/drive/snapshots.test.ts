import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bring } from '../../src/drive/bring.js';
import { LabState } from '../../src/drive/lab-state.js';
import { type RestoreOptions, restoreSnapshot } from '../../src/drive/restore-snapshot.js';
import { saveSnapshot } from '../../src/drive/save-snapshot.js';
import { listSnapshots, removeSnapshot, type SnapshotWork } from '../../src/drive/snapshots.js';
import { exists } from '../../src/host/files.js';
import { ComputerError, InputError, InterruptedError, MachineError } from '../../src/model/errors.js';
import type { LabEvent } from '../../src/model/events.js';
import { type DummyOptions, DummyProvider } from '../../src/providers/dummy/dummy-provider.js';
import { type SiteOnDisk, siteWith } from '../rig/site.js';
import { untilKilled } from './killed.js';

const pair = ['web', 'db'];

/** What one run of Quintet has: a provider object of its own, and nothing from the run before but what is on disk. */
const workOn = (
  { site, root }: SiteOnDisk,
  fate: Omit<DummyOptions, 'root'> = {},
): SnapshotWork & { readonly provider: DummyProvider; readonly events: LabEvent[] } => {
  const events: LabEvent[] = [];
  return {
    site,
    provider: new DummyProvider(site, { root, ...fate }),
    emit: (event) => void events.push(event),
    events,
  };
};

const up = async (lab: SiteOnDisk): Promise<string[]> => {
  const { site, provider, emit, events } = workOn(lab);
  await bring(site, provider, 'provisioned', [], emit);
  return events.flatMap((event) =>
    event.type === 'step-done' && event.machine ? [`${event.machine} ${event.step}`] : [],
  );
};

const upLab = async (t: ExecutionContext, machines: readonly string[] = pair): Promise<SiteOnDisk> => {
  const lab = await siteWith(t, machines);
  await up(lab);
  return lab;
};

const noteOn = (lab: SiteOnDisk, machine: string) => join(lab.root, lab.site.id, machine, 'disk', 'note');
const write = (lab: SiteOnDisk, machine: string, text: string) => writeFile(noteOn(lab, machine), text);
const read = (lab: SiteOnDisk, machine: string) => readFile(noteOn(lab, machine), 'utf8').catch(() => undefined);

const save = (lab: SiteOnDisk, name: string) => saveSnapshot(workOn(lab), name);
const restore = (lab: SiteOnDisk, name: string, options?: RestoreOptions) =>
  restoreSnapshot(workOn(lab), name, options);
const names = async (lab: SiteOnDisk) => (await listSnapshots(workOn(lab))).map(({ name }) => name);
const states = (lab: SiteOnDisk, machines: readonly string[] = pair) =>
  Promise.all(machines.map((machine) => workOn(lab).provider.state(machine)));

test('what was on the disks when they were saved is there again, and up has nothing to do', async (t) => {
  const lab = await upLab(t);
  await write(lab, 'db', 'first');
  await save(lab, 'mine');
  t.deepEqual(await states(lab), ['running', 'running']);
  t.deepEqual(await names(lab), ['mine']);
  await write(lab, 'db', 'second');
  await write(lab, 'web', 'new');
  await restore(lab, 'mine');
  t.is(await read(lab, 'db'), 'first');
  t.is(await read(lab, 'web'), undefined);
  t.deepEqual(await states(lab), ['running', 'running']);
  t.deepEqual(await up(lab), []);
});

test('every machine is off before the first one is saved', async (t) => {
  const lab = await upLab(t);
  const work = workOn(lab);
  await saveSnapshot(work, 'mine');
  const { calls } = work.provider;
  const at = (deed: string) => calls.filter((call) => call.deed === deed);
  const lastStop = Math.max(...at('stop').map(({ toMs }) => toMs ?? Number.POSITIVE_INFINITY));
  t.true(Math.min(...at('save').map(({ fromMs }) => fromMs)) >= lastStop);
  const lastSave = Math.max(...at('save').map(({ toMs }) => toMs ?? Number.POSITIVE_INFINITY));
  t.true(Math.min(...at('start').map(({ fromMs }) => fromMs)) >= lastSave);
});

test('after a restore up provisions the machines whose files have changed since they were saved', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  await lab.write('machines/web/provision.sh', 'echo changed\n');
  t.deepEqual(await up(lab), ['web provision']);
  t.deepEqual(await up(lab), []);
  await restore(lab, 'mine');
  t.deepEqual(await up(lab), ['web provision'], 'what the disk holds now was provisioned with the former files');
});

test('a machine that was saved before its provision was finished is provisioned again', async (t) => {
  const lab = await siteWith(t, pair);
  const { site, provider, emit } = workOn(lab, { misfortunes: [{ deed: 'upload', machine: 'db' }] });
  await t.throwsAsync(bring(site, provider, 'provisioned', [], emit));
  await save(lab, 'half');
  t.deepEqual(await up(lab), ['db provision']);
  await restore(lab, 'half');
  t.deepEqual(await up(lab), ['db provision']);
});

test('a machine that is off is saved as it is and stays off', async (t) => {
  const lab = await upLab(t);
  const { site, provider, emit } = workOn(lab);
  await bring(site, provider, 'stopped', ['db'], emit);
  await save(lab, 'mine');
  t.deepEqual(await states(lab), ['running', 'stopped']);
  await up(lab);
  await write(lab, 'db', 'later');
  await restore(lab, 'mine');
  t.deepEqual(await states(lab), ['running', 'stopped']);
  t.is(await read(lab, 'db'), undefined);
  await restore(lab, 'mine', { startAll: true });
  t.deepEqual(await states(lab), ['running', 'running']);
});

test('a machine that is not there is not in the snapshot, and is left alone by it', async (t) => {
  const lab = await siteWith(t, pair);
  const { site, provider, emit } = workOn(lab);
  await bring(site, provider, 'provisioned', ['web'], emit);
  await save(lab, 'one');
  await up(lab);
  await write(lab, 'db', 'kept');
  const work = workOn(lab);
  await restoreSnapshot(work, 'one');
  t.is(await read(lab, 'db'), 'kept');
  t.true(work.events.some((event) => event.type === 'note' && event.text.includes('left as it is: db')));
});

test('where there is no machine there is nothing to save', async (t) => {
  const lab = await siteWith(t, pair);
  t.regex((await t.throwsAsync(save(lab, 'mine'), { instanceOf: InputError }))?.message ?? '', /no machine to save/);
  t.deepEqual(await names(lab), []);
});

test('saving under a name again replaces what it held; the others stay', async (t) => {
  const lab = await upLab(t);
  for (const [name, text] of [
    ['other', '0'],
    ['mine', '1'],
    ['mine', '2'],
  ] as const) {
    await write(lab, 'db', text);
    await save(lab, name);
  }
  t.deepEqual(await names(lab), ['mine', 'other'], 'the latest first');
  await restore(lab, 'other');
  t.is(await read(lab, 'db'), '0');
  await restore(lab, 'mine');
  t.is(await read(lab, 'db'), '2');
});

test('a removed snapshot is gone from the machines as well', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  await removeSnapshot(workOn(lab), 'mine');
  t.deepEqual(await names(lab), []);
  t.deepEqual(await workOn(lab).provider.snapshots.list('db'), []);
  await t.throwsAsync(removeSnapshot(workOn(lab), 'mine'), { instanceOf: InputError });
});

test('when one machine can’t be saved there is no snapshot, and all run again', async (t) => {
  const lab = await upLab(t);
  const work = workOn(lab, { misfortunes: [{ deed: 'save', machine: 'db' }] });
  const error = await t.throwsAsync(saveSnapshot(work, 'mine'), { instanceOf: MachineError });
  t.regex(error?.message ?? '', /db: save failed/);
  t.deepEqual(await states(lab), ['running', 'running']);
  t.deepEqual(await names(lab), []);
  t.regex((await t.throwsAsync(restore(lab, 'mine'), { instanceOf: InputError }))?.message ?? '', /broken off/);
  await save(lab, 'mine');
  t.deepEqual(await names(lab), ['mine']);
});

test('when one machine can’t be stopped, those that could run again', async (t) => {
  const lab = await upLab(t);
  const work = workOn(lab, { misfortunes: [{ deed: 'stop', machine: 'db' }] });
  await t.throwsAsync(saveSnapshot(work, 'mine'), { instanceOf: MachineError });
  t.deepEqual(await states(lab), ['running', 'running']);
});

test('when one machine can’t be restored the others are, and the same command goes on', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  for (const machine of pair) await write(lab, machine, 'later');
  const work = workOn(lab, { misfortunes: [{ deed: 'restore', machine: 'db' }] });
  await t.throwsAsync(restoreSnapshot(work, 'mine'), { instanceOf: MachineError, message: /db: restore failed/ });
  t.is(await read(lab, 'web'), undefined);
  t.deepEqual(await states(lab), ['running', 'stopped']);
  t.is((await LabState.of(lab.site.folder)).get('db')?.result, 'failed');
  await restore(lab, 'mine');
  t.is(await read(lab, 'db'), undefined);
  t.deepEqual(await up(lab), []);
});

test('a snapshot that was broken off goes when another one is saved', async (t) => {
  const lab = await upLab(t);
  const work = workOn(lab, { misfortunes: [{ deed: 'save', machine: 'db' }] });
  await t.throwsAsync(saveSnapshot(work, 'broken'));
  t.deepEqual(await workOn(lab).provider.snapshots.list('web'), ['broken']);
  await save(lab, 'mine');
  t.deepEqual(await workOn(lab).provider.snapshots.list('web'), ['mine']);
  const error = await t.throwsAsync(restore(lab, 'broken'), { instanceOf: InputError });
  t.regex(error?.message ?? '', /no snapshot called broken/);
});

test('a snapshot that is not there is told with the one that was probably meant', async (t) => {
  const lab = await upLab(t);
  t.regex((await t.throwsAsync(restore(lab, 'mine'), { instanceOf: InputError }))?.hint ?? '', /none yet/);
  await save(lab, 'before-tuning');
  const error = await t.throwsAsync(restore(lab, 'before_tuning'), { instanceOf: InputError });
  t.is((error as InputError).hint, 'Did you mean before-tuning?');
});

test('a name that could be a path, an option or nothing is refused before anything is touched', async (t) => {
  const lab = await upLab(t);
  for (const name of ['', '../x', '-f', '.hidden', 'a b', 'x'.repeat(64), 'a/b', '"']) {
    await t.throwsAsync(save(lab, name), { instanceOf: InputError, message: /can't be the name/ }, name);
  }
  t.deepEqual(await states(lab), ['running', 'running']);
});

test('a machine that was destroyed takes its part of a snapshot with it', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  const { site, provider, emit } = workOn(lab);
  await bring(site, provider, 'absent', ['db'], emit);
  t.like(await listSnapshots(workOn(lab)), { 0: { name: 'mine', lacking: ['db'] } });
  await up(lab);
  const error = await t.throwsAsync(restore(lab, 'mine'), { instanceOf: InputError });
  t.regex(error?.message ?? '', /no longer has db/);
  t.deepEqual(await states(lab), ['running', 'running'], 'nothing was touched');
});

test('destroying the lab leaves no snapshot', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  const { site, provider, emit } = workOn(lab);
  await bring(site, provider, 'absent', [], emit);
  t.deepEqual(await names(lab), []);
  t.false(await exists(join(lab.site.folder, '.quintet/snapshots.json')));
});

test('nothing is switched off that lab.yaml would not let be switched on again', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  const site = { ...lab.site, plan: { ...lab.site.plan, system: 'debian-12' as const } };
  for (const work of [
    saveSnapshot({ ...workOn(lab), site }, 'other'),
    restoreSnapshot({ ...workOn(lab), site }, 'mine'),
  ]) {
    await t.throwsAsync(work, { instanceOf: InputError, message: /was made from/ });
  }
  t.deepEqual(await states(lab), ['running', 'running']);
});

test('an interrupted save says so, and the same command makes it whole', async (t) => {
  const lab = await upLab(t);
  const controller = new AbortController();
  const waitsFor = ({ deed }: { deed: string }) => {
    if (deed === 'stop') controller.abort();
    return undefined;
  };
  const work = { ...workOn(lab, { waitsFor }), signal: controller.signal };
  await t.throwsAsync(saveSnapshot(work, 'mine'), { instanceOf: InterruptedError });
  t.deepEqual(await names(lab), []);
  await save(lab, 'mine');
  t.deepEqual(await states(lab), ['running', 'running'], 'those that ran before the first attempt');
  t.deepEqual(await names(lab), ['mine']);
});

test('a damaged list of snapshots is told, and destroy goes on without it', async (t) => {
  const lab = await upLab(t);
  await save(lab, 'mine');
  await lab.write('.quintet/snapshots.json', '{');
  const error = await t.throwsAsync(names(lab), { instanceOf: ComputerError });
  t.regex(error?.hint ?? '', /Remove that file/);
  const { site, provider, emit } = workOn(lab);
  await bring(site, provider, 'absent', [], emit);
  t.deepEqual(await names(lab), []);
});

type Moment = 'before' | 'halfway' | 'after';
type Act = (work: SnapshotWork) => Promise<void>;

/** Starts some work that dies at a call of the provider, as if killed. */
const killed = async (lab: SiteOnDisk, act: Act, call: number, moment: Moment): Promise<void> => {
  const work = workOn(lab, { killedAt: { call, moment } });
  await untilKilled(work.provider, act(work));
};

const callsOf = async (lab: SiteOnDisk, act: Act): Promise<number> => {
  const work = workOn(lab);
  await act(work);
  return work.provider.calls.length;
};

for (const moment of ['before', 'halfway', 'after'] as const) {
  test.serial(
    `killed ${moment} any call of save, there is no snapshot until the same command has made it`,
    async (t) => {
      const act: Act = (work) => saveSnapshot(work, 'mine');
      const calls = await callsOf(await upLab(t), act);
      for (let call = 1; call <= calls; call += 1) {
        const lab = await upLab(t);
        await write(lab, 'db', 'first');
        await killed(lab, act, call, moment);
        const listed = (await names(lab)).length > 0;
        if (listed) t.deepEqual(await workOn(lab).provider.snapshots.list('db'), ['mine'], `call ${call}`);
        await save(lab, 'mine');
        t.deepEqual(await names(lab), ['mine'], `call ${call}`);
        t.deepEqual(await states(lab), ['running', 'running'], `call ${call}`);
        await write(lab, 'db', 'second');
        await restore(lab, 'mine');
        t.is(await read(lab, 'db'), 'first', `call ${call}`);
        t.deepEqual(
          (await up(lab)).filter((step) => step.endsWith('provision')),
          [],
          `call ${call}`,
        );
        await rm(lab.root, { recursive: true });
      }
    },
  );

  test.serial(`killed ${moment} any call of restore, the same command goes on`, async (t) => {
    const act: Act = (work) => restoreSnapshot(work, 'mine');
    const saved = async () => {
      const lab = await upLab(t);
      await write(lab, 'db', 'first');
      await save(lab, 'mine');
      await write(lab, 'db', 'second');
      return lab;
    };
    const calls = await callsOf(await saved(), act);
    for (let call = 1; call <= calls; call += 1) {
      const lab = await saved();
      await killed(lab, act, call, moment);
      await restore(lab, 'mine');
      t.is(await read(lab, 'db'), 'first', `call ${call}`);
      t.deepEqual(await states(lab), ['running', 'running'], `call ${call}`);
      t.deepEqual(await up(lab), [], `call ${call}`);
      await rm(lab.root, { recursive: true });
    }
  });
}
