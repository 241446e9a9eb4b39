import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { LabState, parseState } from '../../src/drive/lab-state.js';
import type { MachineRecord } from '../../src/drive/lifecycle.js';
import { exists } from '../../src/host/files.js';
import { temporaryFolder } from '../rig/temporary.js';

const done: MachineRecord = { step: 'provision', result: 'done', provisionedWith: 'f1' };

test('what was set is there for the next process, for its owner alone', async (t) => {
  const folder = await temporaryFolder(t);
  await (await LabState.of(folder)).set('web', done);
  t.deepEqual((await LabState.of(folder)).get('web'), done);
  t.is((await stat(join(folder, '.quintet/state.json'))).mode & 0o777, 0o600);
});

test('records set at the same time all arrive', async (t) => {
  const folder = await temporaryFolder(t);
  const state = await LabState.of(folder);
  const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
  await Promise.all(names.map((name) => state.set(name, done)));
  t.deepEqual((await LabState.of(folder)).machines, [...names].sort());
});

test('a record is on disk when set resolves', async (t) => {
  const folder = await temporaryFolder(t);
  const state = await LabState.of(folder);
  const setting = [state.set('a', done), state.set('b', done)] as const;
  await setting[1];
  t.deepEqual(Object.keys(JSON.parse(await readFile(join(folder, '.quintet/state.json'), 'utf8')).machines), [
    'a',
    'b',
  ]);
});

test('nothing to remember leaves no file', async (t) => {
  const folder = await temporaryFolder(t);
  const state = await LabState.of(folder);
  await state.set('web', done);
  await state.set('web', undefined);
  t.false(await exists(join(folder, '.quintet/state.json')));
});

for (const [title, text] of [
  ['missing', undefined],
  ['empty', ''],
  ['half-written', '{"version":1,"machines":{"web":{"step":"prov'],
  ['of a newer version', '{"version":2,"machines":{"web":{"step":"start","result":"done"}}}'],
  ['an array', '[]'],
  ['null', 'null'],
] as const) {
  test(`a state file that is ${title} remembers nothing`, (t) => {
    t.is(parseState(text).size, 0);
  });
}

test('one damaged record does not take the others with it', (t) => {
  const text = JSON.stringify({ version: 1, machines: { web: done, app: { step: 'dance', result: 'done' }, db: 7 } });
  t.deepEqual([...parseState(text)], [['web', done]]);
});
