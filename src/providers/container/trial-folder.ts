import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { homeFolder, nearestFolder } from '../../host/home.js';

/** A name for a folder of a moment on the file system where machines lie, or will. */
export const trialFolder = async (): Promise<string> =>
  join(await nearestFolder(homeFolder()), `.quintet-trial-${randomBytes(4).toString('hex')}`);
