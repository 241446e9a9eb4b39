import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Words } from '../../src/cli/context.js';
import { openLab } from '../../src/cli/open-lab.js';
import { initByDefault } from '../../src/cli/verbs/init.js';
import { verify } from '../../src/cli/verbs/verify.js';
import { chosenScenarios, inTwoParts, unreadable } from '../../src/cli/verify-lab.js';
import { InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';
import { world } from './world.js';

const marked = ['haproxy-killed', 'power-cut', 'planned-maintenance', 'database-power-cut'];

const labOf = async (t: ExecutionContext) => {
  const cwd = await temporaryFolder(t);
  const made = await initByDefault(world(cwd).context, { folder: 'lab', settings: ['provider=container'] });
  return { lab: made, ...world(made) };
};

const words = (options: Record<string, unknown>, scenario: string[] = []): Words => ({
  arguments: { scenario },
  options,
});

const listed = async (t: ExecutionContext, change: (lab: string) => Promise<void>, options = {}) => {
  const { lab, context, printed } = await labOf(t);
  await change(lab);
  await verify(context, words({ list: true, format: 'json', ...options }));
  return (JSON.parse(printed.join('')) as { id: string }[]).map(({ id }) => id);
};

test('the first look plays the scenarios that are marked for it', async (t) => {
  const quick = await listed(t, async () => undefined, { quick: true });
  t.deepEqual([...quick].sort(), [...marked].sort());
  const all = await listed(t, async () => undefined, { all: true });
  t.true(all.length > 20);
  t.deepEqual(await listed(t, async () => undefined), all);
});

test('where no scenario is marked the first look plays all of them', async (t) => {
  const unmark = async (lab: string) => {
    for (const name of await readdir(join(lab, 'scenarios'))) {
      const path = join(lab, 'scenarios', name);
      await writeFile(path, (await readFile(path, 'utf8')).replace('firstLook: true\n', ''));
    }
  };
  t.true((await listed(t, unmark, { quick: true })).length > 20);
});

for (const [title, options, names] of [
  ['names', {}, ['power-cut']],
  ['--random', { random: true }, []],
  ['--replay', { replay: 'x' }, []],
  ['--only', { only: 'failed' }, []],
  ['--checks-only', { checksOnly: true }, []],
] as const) {
  test(`--quick and --all go with no ${title}`, async (t) => {
    const { context } = await labOf(t);
    for (const which of ['quick', 'all']) {
      const error = await t.throwsAsync(() => verify(context, words({ ...options, [which]: true }, [...names])), {
        instanceOf: InputError,
      });
      t.regex(error?.message ?? '', new RegExp(`^--${which} `));
      t.truthy(error?.hint);
    }
  });
}

test('--quick and --all contradict each other', async (t) => {
  const { context } = await labOf(t);
  await t.throwsAsync(() => verify(context, words({ quick: true, all: true })), { instanceOf: InputError });
});

const spoilt = async (t: ExecutionContext, name = 'own') => {
  const { lab, context, printed, told } = await labOf(t);
  await writeFile(join(lab, 'scenarios', `${name}.yaml`), `id: ${name}\nfirstLook: true\n`);
  return { lab, context, printed, told };
};

test('a scenario with a mistake is told, and keeps no other from being played', async (t) => {
  const { lab, context, printed, told } = await spoilt(t);
  t.is(
    await verify(context, words({ list: true, format: 'json' })),
    2,
    'a list that is not whole is none without a word',
  );
  t.true((JSON.parse(printed.join('')) as unknown[]).length > 20);
  t.regex(told.join(''), /own\.yaml has 4 mistakes:.*own\.yaml:1:1 error: the file needs\s+title/s);
  const opened = await openLab(context);
  const asked = await chosenScenarios(context, opened, ['power-cut']);
  t.deepEqual([asked.scenarios.length, asked.wrong.length], [1, 0]);
  const { first, rest } = inTwoParts(await chosenScenarios(context, opened, []));
  t.deepEqual([first.wrong.map(({ id }) => id), rest.wrong], [['own'], []], 'where it says of itself that it belongs');
  const [finding] = first.wrong.map((each) => unreadable(lab, each));
  t.like(finding, { kind: 'scenario', id: 'own', outcome: 'unknown' });
  t.regex(finding?.detail ?? '', /scenarios\/own\.yaml:1: the file needs title, and 3 more/);
});

test('a scenario with a mistake that was asked for by name is an error', async (t) => {
  const { context } = await spoilt(t);
  const error = await t.throwsAsync(() => verify(context, words({}, ['own'])), { instanceOf: InputError });
  t.regex(error?.message ?? '', /own\.yaml has 4 mistakes/);
});

for (const [title, options, names] of [
  ['a number of runs', { repeat: '5' }, ['power-cut']],
  ['no scenario named', {}, []],
  ['a confidence that there is not', { untilSure: '100/95' }, ['power-cut']],
] as const) {
  test(`--until-sure refuses ${title}`, async (t) => {
    const { context } = await labOf(t);
    const error = await t.throwsAsync(() => verify(context, words({ untilSure: '95/95', ...options }, [...names])), {
      instanceOf: InputError,
    });
    t.regex(error?.message ?? '', /^--until-sure /);
    t.truthy(error?.hint);
  });
}
