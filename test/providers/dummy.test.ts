import { join } from 'node:path';
import test from 'ava';
import { exists } from '../../src/host/files.js';
import { InterruptedError, MachineError } from '../../src/model/errors.js';
import { type DummyOptions, DummyProvider } from '../../src/providers/dummy/dummy-provider.js';
import { type SiteOnDisk, siteWith } from '../rig/site.js';

const ignore = () => undefined;
const dummy = ({ site, root }: SiteOnDisk, fate: Omit<DummyOptions, 'root'> = {}) =>
  new DummyProvider(site, { root, ...fate });

test('a machine goes through its life and outlives the object that made it', async (t) => {
  const lab = await siteWith(t, ['web']);
  const one = dummy(lab);
  t.is(await one.state('web'), 'absent');
  await one.create('web', ignore);
  t.is(await dummy(lab).state('web'), 'stopped');
  await one.start('web', ignore);
  t.is(await dummy(lab).state('web'), 'running');
  await one.stop('web', ignore);
  t.is(await dummy(lab).state('web'), 'stopped');
  await one.destroy('web', ignore);
  t.is(await dummy(lab).state('web'), 'absent');
});

test('every call can be made twice', async (t) => {
  const one = dummy(await siteWith(t, ['web']));
  for (const deed of ['create', 'start', 'stop', 'destroy'] as const) {
    await one[deed]('web', ignore);
    await t.notThrowsAsync(one[deed]('web', ignore), deed);
  }
});

test('a machine that is not there can’t be started, nor a stopped one used', async (t) => {
  const one = dummy(await siteWith(t, ['web']));
  await t.throwsAsync(one.start('web', ignore), { instanceOf: MachineError });
  await one.create('web', ignore);
  await t.throwsAsync(one.exec('web', ['true']), { instanceOf: MachineError });
  await t.throwsAsync(one.upload('web', new Map(), '/stage'), { instanceOf: MachineError });
});

test('an upload replaces the folder by other files', async (t) => {
  const lab = await siteWith(t, ['web']);
  const one = dummy(lab);
  await one.create('web', ignore);
  await one.start('web', ignore);
  const files = (...paths: string[]) => new Map(paths.map((path) => [path, Buffer.from(path)]));
  await one.upload('web', files('x'), '/stage');
  await one.upload('web', files('y'), '/stage');
  t.deepEqual(await one.disk('web'), ['stage/y']);
  await one.upload('web', files('x', 'etc/y'), '/stage');
  t.deepEqual(await one.disk('web'), ['stage/etc/y', 'stage/x']);
});

test('it fails the time it is told to and no other', async (t) => {
  const one = dummy(await siteWith(t, ['web', 'app']), { misfortunes: [{ deed: 'create', machine: 'web', time: 2 }] });
  await one.create('web', ignore);
  await t.throwsAsync(one.create('web', ignore), { instanceOf: MachineError });
  await one.create('web', ignore);
  await t.notThrowsAsync(one.create('app', ignore));
});

test('a command answers as it is told, line by line', async (t) => {
  const lab = await siteWith(t, ['web']);
  const one = dummy(lab, {
    answer: (machine, argv) => ({ exitCode: 7, stdout: `${machine}\n${argv.join(' ')}\n`, stderr: '' }),
  });
  await one.create('web', ignore);
  await one.start('web', ignore);
  const lines: string[] = [];
  const { exitCode } = await one.exec('web', ['ls', '-l'], { onLine: (line) => lines.push(line) });
  t.is(exitCode, 7);
  t.deepEqual(lines, ['web', 'ls -l']);
});

test('a slow step can be interrupted and is then not done', async (t) => {
  const one = dummy(await siteWith(t, ['web']), { delaysMs: { create: 60_000 } });
  const stop = new AbortController();
  const creating = one.create('web', ignore, stop.signal);
  stop.abort();
  await t.throwsAsync(creating, { instanceOf: InterruptedError });
  t.is(await one.state('web'), 'absent');
});

test('half a creation is no machine, but is left over until it is destroyed', async (t) => {
  const lab = await siteWith(t, ['web']);
  const one = dummy(lab, { misfortunes: [{ deed: 'create' }] });
  await t.throwsAsync(one.create('web', ignore));
  t.is(await one.state('web'), 'absent');
  t.is((await one.leftovers()).length, 1);
  await one.destroy('web', ignore);
  await one.cleanUp(ignore);
  t.deepEqual(await one.leftovers(), []);
  t.false(await exists(join(lab.root, lab.site.id)));
});

test('power and cable can be cut and mended', async (t) => {
  const one = dummy(await siteWith(t, ['web']));
  await one.create('web', ignore);
  await one.start('web', ignore);
  await one.faults.cutPower?.('web');
  t.is(await one.state('web'), 'stopped');
  await one.faults.restorePower?.('web');
  t.is(await one.state('web'), 'running');
  await one.faults.cutCable?.('web');
  t.is((await one.exec('web', ['true'])).exitCode, 0);
  await one.faults.plugCable?.('web');
});

test('a machine that runs can be paused, and goes on when it is told to or started', async (t) => {
  const one = dummy(await siteWith(t, ['web']));
  await one.create('web', ignore);
  await one.faults.pause?.('web');
  t.is(await one.state('web'), 'stopped');
  await one.start('web', ignore);
  await one.faults.pause?.('web');
  await one.faults.pause?.('web');
  t.is(await one.state('web'), 'paused');
  await t.throwsAsync(one.exec('web', ['true']), { message: 'web is paused.' });
  await one.faults.resume?.('web');
  await one.faults.resume?.('web');
  t.is(await one.state('web'), 'running');
  for (const end of [
    () => one.start('web', ignore),
    () => one.stop('web', ignore),
    () => one.faults.cutPower?.('web'),
  ]) {
    await one.start('web', ignore);
    await one.faults.pause?.('web');
    await end();
    t.not(await one.state('web'), 'paused');
  }
});
