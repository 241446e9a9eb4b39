import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { reset } from '../../src/cli/verbs/reset.js';
import { snapshot } from '../../src/cli/verbs/snapshot.js';
import { InputError, InterruptedError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';
import { scripted, world } from './world.js';

/** A lab that has no machines yet. */
const labFolder = async (t: ExecutionContext): Promise<string> => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'lab.yaml'), 'provider: container\n');
  return folder;
};

const words = (given: Readonly<Record<string, string>>, options: Readonly<Record<string, string>> = {}) => ({
  arguments: given,
  options,
});

test('what it does not know is an error of the user, and needs no lab', async (t) => {
  const error = await t.throwsAsync(snapshot(world('/').context, words({ what: 'keep' })), { instanceOf: InputError });
  t.regex(error?.hint ?? '', /save, restore, list or delete/);
});

test('a snapshot to save, restore or delete must be named', async (t) => {
  const { context } = world(await labFolder(t));
  for (const what of ['save', 'restore', 'delete']) {
    const error = await t.throwsAsync(snapshot(context, words({ what })), { instanceOf: InputError });
    t.is((error as InputError).hint, `quintet snapshot ${what} NAME`);
  }
});

test('a lab without snapshots lists none: as JSON for programs, in words for people', async (t) => {
  const { context, printed, told } = world(await labFolder(t));
  await snapshot(context, words({ what: 'list' }));
  t.deepEqual(printed, []);
  t.regex(told.join('\n'), /no snapshot yet/);
  await snapshot(context, words({ what: 'list' }, { format: 'json' }));
  t.deepEqual(JSON.parse(printed.join('')).snapshots, []);
});

test('a script that resets without --yes is told what would happen', async (t) => {
  const { context } = world(await labFolder(t));
  const error = await t.throwsAsync(reset(context, words({})), { instanceOf: InputError });
  t.regex(error?.message ?? '', /what they hold now is lost/);
  t.regex((error as InputError).hint ?? '', /--yes/);
});

test('a person who says no keeps the machines as they are', async (t) => {
  const { prompts, asked } = scripted([[/just provisioned\?/, 'no']]);
  const { context } = world(await labFolder(t), { interactive: true, prompts: async () => prompts });
  const error = await t.throwsAsync(reset(context, words({})), { instanceOf: InterruptedError });
  t.is(error?.message, 'Nothing was changed.');
  t.is(asked.length, 1);
});
