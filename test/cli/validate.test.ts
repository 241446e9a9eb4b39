import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { initByDefault } from '../../src/cli/verbs/init.js';
import { validate } from '../../src/cli/verbs/validate.js';
import { InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';
import { world } from './world.js';

test('what is wrong with lab.yaml and with the scenarios is told together', async (t) => {
  const cwd = await temporaryFolder(t);
  const lab = await initByDefault(world(cwd).context, { folder: 'lab', settings: ['provider=container'] });
  const file = join(lab, 'lab.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('timing: balanced', 'timing: quick'));
  const cut = join(lab, 'scenarios', 'power-cut.yaml');
  await writeFile(cut, (await readFile(cut, 'utf8')).replace('masterDown', 'masterDwn'));
  const { context, printed } = world(lab);
  const error = await t.throwsAsync(() => validate(context, { arguments: {}, options: {} }), {
    instanceOf: InputError,
  });
  t.regex(error?.message ?? '', /lab\.yaml:\d+:\d+ error: vrrp\.timing .*power-cut\.yaml:\d+:\d+ error: masterDwn/s);
  t.is(await validate(context, { arguments: {}, options: { format: 'json' } }), 2);
  t.is((JSON.parse(printed.join('')) as { problems: unknown[] }).problems.length, 2);
});
