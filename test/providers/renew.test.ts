import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { exists } from '../../src/host/files.js';
import { planOf } from '../../src/plan/plan.js';
import { baseKey } from '../../src/providers/container/base-recipe.js';
import { recipesOf } from '../../src/providers/container/bases.js';
import { renewBases } from '../../src/providers/container/renew.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { temporaryFolder } from '../rig/temporary.js';

const plan = planOf(labSchema.parse({}));
const keys = recipesOf({ plan }).map(baseKey);
const ground = keys[0]?.split('+')[0] ?? '';

/** Bases that are so many days old, and what becomes of them. */
const world = async (t: ExecutionContext, days: number, { network = true, used = false, fails = false } = {}) => {
  const room = await temporaryFolder(t);
  const [bases, labs] = [join(room, 'bases'), join(room, 'labs')];
  const make = async (key: string, text: string, age = 0) => {
    const status = join(bases, key, 'var/lib/dpkg/status');
    await mkdir(join(status, '..'), { recursive: true });
    await writeFile(status, text);
    const then = new Date(Date.now() - age * 86_400_000);
    await utimes(status, then, then);
  };
  for (const key of [ground, ...keys]) await make(key, 'old', days);
  const disk = join(labs, '12345678', 'machines', 'web');
  await mkdir(disk, { recursive: true });
  if (used) await symlink(join(bases, keys[0] ?? ''), join(disk, 'base'));
  const told: string[] = [];
  const build = async () => {
    if (fails) throw new Error('the mirror went away');
    for (const key of [ground, ...keys]) if (!(await exists(join(bases, key)))) await make(key, 'new');
  };
  const isReachable = async () => network;
  const renew = () =>
    renewBases({ plan }, build, (event) => event.type === 'note' && told.push(event.text), undefined, {
      bases,
      labs,
      isReachable,
    });
  await renew();
  const texts = await Promise.all(keys.map((key) => readFile(join(bases, key, 'var/lib/dpkg/status'), 'utf8')));
  return { told, texts: [...new Set(texts)], names: await readdir(bases), renew };
};

test('a base of a month is left alone', async (t) => {
  const { told, texts } = await world(t, 30);
  t.deepEqual([told, texts], [[], ['old']]);
});

test('an older one is built anew, and what lay on it goes with it', async (t) => {
  const { told, texts, names, renew } = await world(t, 31);
  t.regex(told.join(), /31 days ago.*built anew/);
  t.deepEqual(texts, ['new']);
  t.deepEqual(names.sort(), [...new Set([ground, ...keys])].sort());
  await renew();
  t.is(told.length, 1);
});

test('never one that a machine rests on', async (t) => {
  const { told, texts } = await world(t, 400, { used: true });
  t.regex(told.join(), /Machines rest on it/);
  t.deepEqual(texts, ['old']);
});

test('nor without a network, or when it goes half-way', async (t) => {
  for (const odds of [{ network: false }, { fails: true }]) {
    const { told, texts, names } = await world(t, 400, odds);
    t.regex(told.join(), /With a network|stays as it is/);
    t.deepEqual(texts, ['old']);
    t.false(names.some((name) => name.startsWith('.')));
  }
});
