import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../src/host/files.js';
import { labPaths } from '../../src/host/lab-folder.js';
import { bindLab } from '../../src/host/lab-owners.js';
import { must } from './quintet.js';
import { temporaryRoom } from './temporary.js';

/** Whole labs, by how they were made, each written once for a process of tests. */
const patterns = new Map<string, Promise<string>>();

const pattern = async (settings: readonly string[]): Promise<string> => {
  const room = await temporaryRoom();
  process.once('exit', () => rmSync(room, { recursive: true, force: true }));
  await must(room, 'init', 'lab', '--yes', ...settings.flatMap((setting) => ['--set', setting]));
  return join(room, 'lab');
};

/**
 * A folder as `quintet init FOLDER --yes --set SETTING…` makes it, for tests that are about something else: a copy of one that was
 * made so and has the same keys. One of virtual machines is known as its maker's, by an id of its own.
 */
export const newLab = async (folder: string, ...settings: readonly string[]): Promise<void> => {
  const how = settings.join('\n');
  const made = patterns.get(how) ?? pattern(settings);
  patterns.set(how, made);
  await cp(await made, folder, { recursive: true });
  if (!(await exists(join(folder, labPaths.id)))) return;
  const id = randomBytes(4).toString('hex');
  await writeFile(join(folder, labPaths.id), `${id}\n`);
  await bindLab(folder, id, true);
};
