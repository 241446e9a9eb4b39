import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { removeOldTrials } from '../../src/providers/container/trial-folder.js';
import { temporaryFolder } from '../rig/temporary.js';

test('what a killed trial left goes with a later one, and nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['.quintet-trial-old', '.quintet-trial-new', 'bases']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'file'), '');
  }
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const name of ['.quintet-trial-old', 'bases']) await utimes(join(folder, name), longAgo, longAgo);
  await removeOldTrials(folder, Date.now());
  t.deepEqual((await readdir(folder)).sort(), ['.quintet-trial-new', 'bases']);
  await t.notThrowsAsync(() => removeOldTrials(join(folder, 'nowhere'), Date.now()));
});
