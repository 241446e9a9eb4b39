import test from 'ava';
import {
  begun,
  type Decision,
  ended,
  type MachineInputs,
  type MachineRecord,
  madeFrom,
  obstacle,
  shapeOf,
  stepsTo,
} from '../../src/drive/lifecycle.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const inputs: MachineInputs = { madeFrom: 'container, debian-13, node, mysql', shape: 's1', files: 'f1' };
const ready: MachineRecord = {
  step: 'provision',
  result: 'done',
  madeFrom: inputs.madeFrom,
  shape: 's1',
  provisionedWith: 'f1',
};
const fresh: MachineRecord = { step: 'start', result: 'done', madeFrom: inputs.madeFrom, shape: 's1' };

type Case = [title: string, Partial<Decision>, steps: string];
const cases: readonly Case[] = [
  ['nothing there', { observed: 'absent' }, 'create start provision'],
  ['created only', { observed: 'stopped', record: { ...fresh, step: 'create' } }, 'start provision'],
  ['running, never provisioned', { observed: 'running', record: fresh }, 'provision'],
  ['ready', { observed: 'running', record: ready }, ''],
  ['ready, its files changed', { observed: 'running', record: { ...ready, provisionedWith: 'f0' } }, 'provision'],
  ['ready, asked to provision again', { observed: 'running', record: ready, again: true }, 'provision'],
  [
    'running, its start killed half-way',
    { observed: 'running', record: { ...fresh, result: 'begun' } },
    'stop start provision',
  ],
  [
    'running, its start failed, once ready',
    { observed: 'running', record: { ...ready, step: 'start', result: 'failed' } },
    'stop start',
  ],
  ['ready but halted', { observed: 'stopped', record: ready }, 'start'],
  ['ready by the record, gone in truth', { observed: 'absent', record: ready }, 'create start provision'],
  ['running, but nothing is remembered', { observed: 'running' }, 'provision'],
  ['ready but paused', { observed: 'paused', record: ready }, 'start'],
  ['paused, its memory or address changed', { observed: 'paused', record: { ...ready, shape: 's0' } }, 'stop start'],
  ['paused, wanted stopped', { observed: 'paused', record: ready, wanted: 'stopped' }, 'stop'],
  ['halted, but nothing is remembered', { observed: 'stopped' }, 'start provision'],
  ['ready, its memory or address changed', { observed: 'running', record: { ...ready, shape: 's0' } }, 'stop start'],
  [
    'both changed',
    { observed: 'running', record: { ...ready, shape: 's0', provisionedWith: 'f0' } },
    'stop start provision',
  ],
  ['absent, wanted running only', { observed: 'absent', wanted: 'running' }, 'create start'],
  ['running, wanted running', { observed: 'running', record: fresh, wanted: 'running' }, ''],
  ['running, wanted stopped', { observed: 'running', record: ready, wanted: 'stopped' }, 'stop'],
  ['stopped, wanted stopped', { observed: 'stopped', record: ready, wanted: 'stopped' }, ''],
  ['absent, wanted stopped', { observed: 'absent', wanted: 'stopped' }, ''],
  ['running, wanted absent', { observed: 'running', record: ready, wanted: 'absent' }, 'destroy'],
  ['seemingly absent, wanted absent', { observed: 'absent', wanted: 'absent' }, 'destroy'],
];

const decision = (given: Partial<Decision>): Decision => ({
  observed: 'absent',
  record: undefined,
  inputs,
  wanted: 'provisioned',
  ...given,
});

for (const [title, given, steps] of cases) {
  test(`a machine that is ${title}: ${steps || 'nothing to do'}`, (t) => {
    t.is(stepsTo(decision(given)).join(' '), steps);
  });
}

test('a provision under way is no longer the one that succeeded before', (t) => {
  const during = begun(ready, 'provision', inputs);
  t.is(during.provisionedWith, undefined);
  t.deepEqual(stepsTo(decision({ observed: 'running', record: during })), ['provision']);
  t.is(ended(during, 'failed', inputs)?.provisionedWith, undefined);
  t.is(ended(during, 'done', inputs)?.provisionedWith, 'f1');
});

test('stopping and starting keep what was provisioned, creating and destroying forget it', (t) => {
  t.is(begun(ready, 'stop', inputs).provisionedWith, 'f1');
  t.is(begun(ready, 'start', inputs).provisionedWith, 'f1');
  t.is(begun(ready, 'create', inputs).provisionedWith, undefined);
  t.is(begun(ready, 'destroy', inputs).provisionedWith, undefined);
});

test('a start remembers what it started with', (t) => {
  t.is(begun({ ...ready, shape: 's0' }, 'start', inputs).shape, 's1');
});

test('a machine is forgotten only when its destruction is done', (t) => {
  const during = begun(ready, 'destroy', inputs);
  t.is(ended(during, 'done', inputs), undefined);
  t.is(ended(during, 'failed', inputs)?.result, 'failed');
});

test('a restore forgets what the machine was provisioned with until its disk is back, and then knows what it holds', (t) => {
  const saved = { ...inputs, files: 'f0' };
  const during = begun(ready, 'restore', saved);
  t.is(during.provisionedWith, undefined);
  t.is(ended(during, 'failed', saved)?.provisionedWith, undefined);
  t.is(ended(during, 'done', saved)?.provisionedWith, 'f0');
  const { files: _, ...unprovisioned } = inputs;
  t.is(ended(during, 'done', unprovisioned)?.provisionedWith, undefined);
});

test('saving a machine changes nothing that is remembered of it', (t) => {
  const { files: _, ...unasked } = inputs;
  const after = ended(begun(ready, 'save', unasked), 'done', unasked);
  t.deepEqual(after, { ...ready, step: 'save' });
});

test('a machine made by another provider stands in the way of everything, destruction too', (t) => {
  const record = { ...ready, madeFrom: 'virtualbox, debian-13' };
  for (const wanted of ['provisioned', 'running', 'stopped', 'absent'] as const) {
    const found = obstacle(decision({ observed: 'absent', record, wanted }));
    t.regex(found?.why ?? '', /made by the provider virtualbox/);
    t.regex(found?.hint ?? '', /provider: virtualbox/);
  }
});

test('a machine made from another system must be destroyed first, and may be', (t) => {
  const record = { ...ready, madeFrom: 'container, debian-12, node, mysql' };
  t.regex(obstacle(decision({ observed: 'running', record }))?.why ?? '', /debian-12/);
  t.is(obstacle(decision({ observed: 'running', record, wanted: 'absent' })), undefined);
  t.is(obstacle(decision({ observed: 'absent', record })), undefined);
  t.is(obstacle(decision({ observed: 'running', record: ready })), undefined);
});

const planWith = (lab: object) => planOf(labSchema.parse(lab));

test('what a machine is made from names provider, system and what its disk depends on', (t) => {
  t.is(madeFrom(planWith({})), 'container, debian-13, node, mysql');
  const box = { name: 'mine', sha256: 'a'.repeat(64) };
  t.is(madeFrom(planWith({ provider: 'libvirt', box })), `libvirt, debian-13, mine, ${'a'.repeat(64)}`);
});

test('only a machine’s own resources and place make its shape', (t) => {
  const machines = (memoryMb: number) => ({ web: { roles: ['web'], memoryMb }, app: { roles: ['app'] } });
  const [small, large] = [planWith({ machines: machines(512) }), planWith({ machines: machines(1024) })];
  t.not(shapeOf(small, 'web'), shapeOf(large, 'web'));
  t.is(shapeOf(small, 'app'), shapeOf(large, 'app'));
});
