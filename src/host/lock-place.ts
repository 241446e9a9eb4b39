import { randomBytes } from 'node:crypto';
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ComputerError } from '../model/errors.js';
import { ensureDir } from './files.js';

/** Whoever may come here may hold a lock, so nobody but this user may. */
const ownFolder = async (folder: string, uid: number): Promise<string> => {
  await ensureDir(folder, 0o700);
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw new ComputerError(`${folder} is not a folder of this user alone, so no lock in it means anything.`, {
    hint: 'Move it away and run the same command again.',
  });
};

/** The longest path that a socket may have everywhere, less the longest name of a lock. */
const mostLetters = 103 - 40;

const isOwn = (folder: string, uid: number): Promise<boolean> =>
  lstat(folder).then(
    (found) => found.uid === uid,
    () => false,
  );

/**
 * The folder for this user's locks. root has one for the whole computer; others have their own. With `sudo` the environment may
 * name a folder of the user who called it, which root has no business in.
 */
export const lockFolder = async (
  env: NodeJS.ProcessEnv = process.env,
  uid = process.getuid?.() ?? 0,
): Promise<string> => {
  if (uid === 0) return ownFolder(process.platform === 'linux' ? '/run/quintet/locks' : '/var/run/quintet/locks', uid);
  const runtime = env.XDG_RUNTIME_DIR;
  if (runtime !== undefined && isAbsolute(runtime) && runtime.length < mostLetters - 14 && (await isOwn(runtime, uid)))
    return ownFolder(join(runtime, 'quintet', 'locks'), uid);
  const cache = join(homedir(), '.cache', 'quintet', 'locks');
  const temporary = join(tmpdir(), `quintet-locks-${uid}`);
  // An account may have no home to write in.
  return cache.length < mostLetters
    ? ownFolder(cache, uid).catch(() => ownFolder(temporary, uid))
    : ownFolder(temporary, uid);
};

/** Windows keeps its pipes in one place for everybody: theirs have names that only this user can know beforehand. */
export const pipePrefix = async (env: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const folder = join(env.LOCALAPPDATA ?? homedir(), 'quintet');
  await ensureDir(folder);
  const file = join(folder, 'locks');
  await writeFile(file, randomBytes(16).toString('hex'), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  return `\\\\.\\pipe\\quintet-${(await readFile(file, 'utf8')).trim()}`;
};
