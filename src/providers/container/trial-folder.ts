import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder, nearestFolder } from '../../host/home.js';
import { removeFolder } from './remove.js';

const prefix = '.quintet-trial-';
/** No trial takes that long: whoever made an older one was killed. */
const oldMs = 600_000;

/** Removes what trials that were killed have left in a folder, as far as it can be. */
export const removeOldTrials = async (folder: string, nowMs: number): Promise<void> => {
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name))) {
    const found = await lstat(path).catch(() => undefined);
    if (found && nowMs - found.mtimeMs > oldMs) await removeFolder(path).catch(() => undefined);
  }
};

/** A name for a folder of a moment on the file system where machines lie, or will. */
export const trialFolder = async (): Promise<string> => {
  const folder = await nearestFolder(homeFolder());
  await removeOldTrials(folder, Date.now());
  return join(folder, `${prefix}${randomBytes(4).toString('hex')}`);
};
