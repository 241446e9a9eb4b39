import { randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ComputerError } from '../model/errors.js';

type Fault = NodeJS.ErrnoException;

const notYours = "If it is root's, run the same command with sudo in front; otherwise choose a folder of your own.";

const reasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space and run the same command again.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and run the same command again.'],
  EACCES: ['permission denied', notYours],
  EPERM: ['the system does not permit it', notYours],
  EROFS: ['the file system is read-only', 'Choose a folder on a disk that can be written to.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Move that file away, or choose another folder.'],
  EEXIST: ['there is a file where a folder should be', 'Move that file away, or choose another folder.'],
  EISDIR: ['there is a folder where a file should be', 'Move that folder away and run the same command again.'],
  ENAMETOOLONG: ['the path is too long', 'Choose a folder with a shorter path.'],
  EMFILE: ['too many files are open', 'Close other programs, or raise the limit with: ulimit -n 4096'],
};

/** An error of the file system as people need it; anything else (a bug) as it is. */
export const fileError = (doing: string, path: string, error: unknown): unknown => {
  const code = (error as Fault | undefined)?.code;
  if (code === undefined || (error as Fault).syscall === undefined) return error;
  const [why, hint] = reasons[code] ?? [code, undefined];
  return new ComputerError(`Can't ${doing} ${path}: ${why}.`, { hint, cause: error });
};

const guarded = async <T>(doing: string, path: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw fileError(doing, path, error);
  }
};

const isMissing = (error: unknown): boolean => (error as Fault | undefined)?.code === 'ENOENT';

/**
 * Writes a file so that at every moment either the old content or the whole new one is there, even after a power cut: a
 * temporary file in the same folder, flushed, then renamed. `mode` holds whatever the umask; 0644 when left out.
 */
export const writeFileAtomic = (path: string, content: string | Uint8Array, mode = 0o644): Promise<void> =>
  guarded('write', path, async () => {
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
      await takePlace(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });

/** What Windows says while a virus scanner, an indexer or an editor looks at one of the two. */
const heldFor = ['EPERM', 'EACCES', 'EBUSY'];
const heldTries = 20;

/** Renames over what may be there; on Windows again and again for a second or so, while somebody holds it open. */
export const takePlace = async (
  from: string,
  to: string,
  platform: NodeJS.Platform = process.platform,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> => {
  for (let left = platform === 'win32' ? heldTries : 1; ; left -= 1) {
    try {
      return await move(from, to);
    } catch (error) {
      if (left <= 1 || !heldFor.includes((error as Fault).code ?? '')) throw error;
      await delay(50);
    }
  }
};

/** Makes a folder and those above it. `mode` is given to the folder itself, also when it was there already. */
export const ensureDir = (path: string, mode?: number): Promise<void> =>
  guarded('make the folder', path, async () => {
    await makeFolders(path);
    if (mode !== undefined) await chmod(path, mode);
  });

/** Node's own recursive mkdir says ENOENT on a read-only disk and never returns below /proc. */
const makeFolders = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as Fault;
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeFolders(dirname(path));
      await mkdir(path).catch((later: Fault) => (later.code === 'EEXIST' ? undefined : Promise.reject(later)));
    } else if (!(await isFolder(path))) throw error;
  }
};

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** The text of a file, or undefined when there is none. */
export const readIfAny = (path: string): Promise<string | undefined> =>
  guarded('read', path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });

export const readBytes = (path: string): Promise<Uint8Array> => guarded('read', path, () => readFile(path));

export const exists = (path: string): Promise<boolean> =>
  guarded('look at', path, async () => {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  });

/** Whether there is a program at a path that this user may start. */
export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Names in a folder, sorted; none when it is not there. */
export const namesIn = (folder: string): Promise<string[]> =>
  guarded('read', folder, async () => {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });

/** Every file below a folder as a sorted path relative to it, with `/`; none when it is not there. */
export const filesBelow = (folder: string): Promise<string[]> =>
  guarded('read', folder, async () => {
    const walk = async (at: string, prefix: string): Promise<string[]> => {
      const entries = await readdir(at, { withFileTypes: true });
      const nested = entries.map(async (entry) =>
        entry.isDirectory() ? walk(join(at, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
      );
      return (await Promise.all(nested)).flat();
    };
    try {
      return (await walk(folder, '')).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });

/** Removes a file or a whole folder; nothing to remove is fine. */
export const removeTree = (path: string): Promise<void> =>
  guarded('remove', path, () => rm(path, { recursive: true, force: true, maxRetries: 3 }));

export const moveTo = (from: string, to: string): Promise<void> => guarded('write', to, () => takePlace(from, to));

/** Bytes that this user may still write on the disk that holds `path`. */
export const freeBytes = (path: string): Promise<number> =>
  guarded('look at', path, async () => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  });
