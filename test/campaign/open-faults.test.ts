import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { OpenFault } from '../../src/campaign/faults/fault-table.js';
import { startText } from '../../src/campaign/faults/services.js';
import { byHand, heal, makeFault, readOpenFaults, undoFault } from '../../src/campaign/open-faults.js';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { ComputerError } from '../../src/model/errors.js';
import type { LabEvent } from '../../src/model/events.js';
import { faultWords } from '../../src/model/fault-words.js';
import type { MachineState, Provider } from '../../src/providers/provider.js';
import { plan } from '../check/plans.js';

/** A provider of which only the faults and commands are asked, and which says what it was asked. */
const recorder = (failing: readonly string[] = [], state: MachineState = 'running') => {
  const calls: string[] = [];
  const call = (name: string) => async (machine: string) => {
    calls.push(`${name} ${machine}`);
    if (failing.includes(`${name} ${machine}`)) throw new Error(`${name} ${machine} failed`);
  };
  const provider = {
    state: async () => state,
    faults: {
      cutCable: call('cut'),
      plugCable: call('plug'),
      cutPower: call('off'),
      restorePower: call('on'),
      pause: call('pause'),
      resume: call('resume'),
    },
    exec: async (machine: string, argv: readonly string[]) => {
      await call(argv.join(' '))(machine);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  } as unknown as Provider;
  return { provider, calls };
};

const siteOf = async (t: ExecutionContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-faults-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return { folder, id: 'abcd1234', plan };
};

const nothing = () => undefined;

test('a fault is on the list before it is made and off it once it is undone', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder(['cut lb1']);
  const fault = { machine: 'lb1', fault: 'cable-cut' } as const;
  await t.throwsAsync(makeFault(site, provider, fault), { message: 'cut lb1 failed' });
  t.deepEqual(await readOpenFaults(site.folder), [fault]);
  await undoFault(site, provider, fault);
  t.deepEqual(await readOpenFaults(site.folder), []);
});

test('making a fault twice lists it once', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder();
  const fault = { machine: 'lb1', fault: 'power-cut' } as const;
  await makeFault(site, provider, fault);
  await makeFault(site, provider, fault);
  t.deepEqual(await readOpenFaults(site.folder), [fault]);
});

test('heal undoes everything: what is paused, the network, power, then the rest, and then nothing more', async (t) => {
  const site = await siteOf(t);
  const { provider, calls } = recorder();
  await makeFault(site, provider, { machine: 'lb1', fault: 'process-killed', service: 'haproxy' });
  await makeFault(site, provider, { machine: 'lb1', fault: 'power-cut' });
  await makeFault(site, provider, { machine: 'lb1', fault: 'vrrp-partition' });
  await makeFault(site, provider, { machine: 'lb2', fault: 'cable-cut' });
  await makeFault(site, provider, { machine: 'lb1', fault: 'machine-paused' });
  calls.length = 0;
  t.is((await heal(site, provider, nothing)).length, 5);
  t.deepEqual(calls, [
    'resume lb1',
    'plug lb2',
    'nft table inet quintet_fault_vrrp; delete table inet quintet_fault_vrrp lb1',
    'on lb1',
    `sh -c ${startText} start haproxy.service lb1`,
  ]);
  t.deepEqual(await heal(site, provider, nothing), []);
});

test('a fault that cannot be undone stays on the list and hides no other', async (t) => {
  const site = await siteOf(t);
  const { provider, calls } = recorder(['plug lb1']);
  await makeFault(site, provider, { machine: 'lb1', fault: 'cable-cut' });
  await makeFault(site, provider, { machine: 'lb2', fault: 'cable-cut' });
  await t.throwsAsync(heal(site, provider, nothing), { message: 'plug lb1 failed' });
  t.true(calls.includes('plug lb2'));
  t.deepEqual(await readOpenFaults(site.folder), [{ machine: 'lb1', fault: 'cable-cut' }]);
});

test('a process is killed by the name of its unit; no other name reaches a machine', async (t) => {
  const site = await siteOf(t);
  const { provider, calls } = recorder();
  await makeFault(site, provider, { machine: 'lb1', fault: 'process-killed', service: 'haproxy' });
  t.regex(calls.join(), /^sh -c [\s\S]* kill haproxy\.service lb1$/);
  const odd = { machine: 'lb1', fault: 'process-killed', service: '-.mount' } as unknown as OpenFault;
  await t.throwsAsync(makeFault(site, provider, odd));
  t.is(calls.length, 1);
});

test('faults that are made and undone at the same time are all on the list, and then all off it', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder();
  const faults = Array.from(
    { length: 30 },
    (_, count): OpenFault => ({
      machine: 'lb1',
      fault: 'packet-loss',
      percent: count + 1,
    }),
  );
  await Promise.all(faults.map((fault) => makeFault(site, provider, fault)));
  t.deepEqual(await readOpenFaults(site.folder), faults);
  const [first, ...others] = faults.slice(10);
  await Promise.all([
    ...faults.slice(0, 10).map((fault) => undoFault(site, provider, fault)),
    ...others.map((fault) => undoFault(site, provider, fault)),
    makeFault(site, provider, { machine: 'web', fault: 'power-cut' }),
  ]);
  t.deepEqual(await readOpenFaults(site.folder), [first, { machine: 'web', fault: 'power-cut' }]);
});

test('what is made and undone by hand is told, and what could not be is not', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder(['plug lb2']);
  const events: LabEvent[] = [];
  const emit = (event: LabEvent) => void events.push(event);
  for (const machine of ['lb1', 'lb2']) {
    const open = { machine, fault: 'cable-cut' } as const;
    await byHand(emit, { type: 'fault', ...open }, () => makeFault(site, provider, open));
  }
  await t.throwsAsync(heal(site, provider, emit), { message: 'plug lb2 failed' });
  t.like(events, [
    { type: 'fault', fault: 'cable-cut', machine: 'lb1' },
    { type: 'fault', fault: 'cable-cut', machine: 'lb2' },
    { type: 'heal', fault: 'cable-cut', machine: 'lb1' },
  ]);
  t.true(events.every((event) => !('atMs' in event) && (event.monotonicMs ?? 0) > 0));
});

test('a list that could not be written once can be written again', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder();
  const nowhere = { ...site, folder: '/dev/null/nowhere' };
  await t.throwsAsync(makeFault(nowhere, provider, { machine: 'lb1', fault: 'power-cut' }));
  await makeFault(site, provider, { machine: 'lb1', fault: 'power-cut' });
  t.is((await readOpenFaults(site.folder)).length, 1);
});

test('what lives in a running machine went with its power; what lies on its disk waits for it', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder();
  const inMemory = [
    { machine: 'lb1', fault: 'process-hung', service: 'haproxy' },
    { machine: 'lb1', fault: 'packet-loss', percent: 20 },
    { machine: 'lb1', fault: 'cable-cut', direction: 'in' },
    { machine: 'lb1', fault: 'cpu-pressure' },
    { machine: 'lb1', fault: 'service-stopped', service: 'haproxy' },
  ] as const;
  const onDisk = { machine: 'lb1', fault: 'config-broken', service: 'haproxy' } as const;
  for (const fault of [...inMemory, onDisk]) await makeFault(site, provider, fault);
  const off = { ...recorder([], 'stopped').provider, exec: () => Promise.reject(new Error('lb1 is off')) };
  await t.throwsAsync(heal(site, off, nothing), { message: 'lb1 is off' });
  t.deepEqual(await readOpenFaults(site.folder), [onDisk]);
  await heal(site, { ...off, state: async () => 'absent' }, nothing);
  t.deepEqual(await readOpenFaults(site.folder), []);
});

test('a machine that runs but refuses the undoing keeps the fault on the list', async (t) => {
  const site = await siteOf(t);
  const { provider } = recorder();
  const fault = { machine: 'lb1', fault: 'vrrp-partition' } as const;
  await makeFault(site, provider, fault);
  const refusing = { ...provider, exec: async () => ({ exitCode: 1, stdout: '', stderr: 'no such thing' }) };
  await t.throwsAsync(undoFault(site, refusing, fault), { message: /no such thing/ });
  t.deepEqual(await readOpenFaults(site.folder), [fault]);
});

test('a fault is told with what was chosen for it', (t) => {
  t.is(faultWords({ fault: 'process-killed', service: 'haproxy' }), 'process-killed of haproxy');
  t.is(faultWords({ fault: 'packet-loss', percent: 30 }), 'packet-loss of 30 %');
  t.is(faultWords({ fault: 'cable-cut', direction: 'out' }), 'cable-cut (out)');
  t.is(faultWords({ fault: 'clock-jump', bySeconds: -60 }), 'clock-jump by -60 s');
  t.is(faultWords({ fault: 'disk-full', path: '/srv' }), 'disk-full at /srv');
});

test('a damaged list is said to be damaged, with what to do', async (t) => {
  const site = await siteOf(t);
  await writeLabFile(site.folder, '.quintet/faults.json', '{}');
  await writeFile(join(site.folder, '.quintet', 'faults.json'), '{"faults": [');
  const error = await t.throwsAsync(heal(site, recorder().provider, nothing), { instanceOf: ComputerError });
  t.regex(error?.message ?? '', /faults\.json is damaged/);
});
