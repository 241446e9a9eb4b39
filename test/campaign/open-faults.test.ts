import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { heal, makeFault, readOpenFaults, undoFault } from '../../src/campaign/open-faults.js';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { ComputerError } from '../../src/model/errors.js';
import type { Provider } from '../../src/providers/provider.js';
import { plan } from '../check/plans.js';

/** A provider of which only the faults and commands are asked, and which says what it was asked. */
const recorder = (failing: readonly string[] = []) => {
  const calls: string[] = [];
  const call = (name: string) => async (machine: string) => {
    calls.push(`${name} ${machine}`);
    if (failing.includes(`${name} ${machine}`)) throw new Error(`${name} ${machine} failed`);
  };
  const provider = {
    faults: { cutCable: call('cut'), plugCable: call('plug'), cutPower: call('off'), restorePower: call('on') },
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

test('heal undoes everything, cables and power before processes, and then nothing more', async (t) => {
  const site = await siteOf(t);
  const { provider, calls } = recorder();
  await makeFault(site, provider, { machine: 'lb1', fault: 'process-killed', process: 'haproxy' });
  await makeFault(site, provider, { machine: 'lb1', fault: 'power-cut' });
  await makeFault(site, provider, { machine: 'lb2', fault: 'cable-cut' });
  calls.length = 0;
  t.is((await heal(site, provider, nothing)).length, 3);
  t.deepEqual(calls, [
    'plug lb2',
    'on lb1',
    'systemctl reset-failed haproxy.service lb1',
    'systemctl start haproxy.service lb1',
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
  await makeFault(site, provider, { machine: 'lb1', fault: 'process-killed', process: 'haproxy' });
  t.regex(calls.join(), /^sh -c [\s\S]* kill haproxy\.service lb1$/);
  await t.throwsAsync(makeFault(site, provider, { machine: 'lb1', fault: 'process-killed', process: '-.mount' }));
  t.is(calls.length, 1);
});

test('a damaged list is said to be damaged, with what to do', async (t) => {
  const site = await siteOf(t);
  await writeLabFile(site.folder, '.quintet/faults.json', '{}');
  await writeFile(join(site.folder, '.quintet', 'faults.json'), '{"faults": [');
  const error = await t.throwsAsync(heal(site, recorder().provider, nothing), { instanceOf: ComputerError });
  t.regex(error?.message ?? '', /faults\.json is damaged/);
});
