import { readFile } from 'node:fs/promises';
import { must, run } from '../../host/command.js';
import { exists } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';

/** Mount points at or below a folder, the deepest first. */
export const mountsBelow = async (folder: string): Promise<string[]> => {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines.map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  const own = points.filter((point) => point === folder || point.startsWith(`${folder}/`));
  return own.sort((a, b) => b.length - a.length);
};

/** Removes a folder with all below it, but never reaches through a mount: what can't be unmounted stops it. */
export const removeFolder = async (folder: string): Promise<void> => {
  for (const point of await mountsBelow(folder)) await run(['umount', point]);
  const [stuck] = await mountsBelow(folder);
  if (stuck !== undefined) {
    throw new ComputerError(`${folder} can't be removed: something is still mounted at ${stuck} and in use.`, {
      hint: `See who uses it with: sudo fuser -vm ${stuck}`,
    });
  }
  if (await exists(folder)) await must(['rm', '-rf', '--one-file-system', '--', folder]);
};
