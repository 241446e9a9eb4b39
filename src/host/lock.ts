import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ComputerError, InterruptedError } from '../model/errors.js';
import { lockFolder, pipePrefix } from './lock-place.js';
import { ask, listen, type Rival } from './lock-socket.js';

export interface Lock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** Wait until it is free instead of giving up. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
  /** Told once, when it has to wait: the process that holds the lock, in words. */
  readonly onWait?: (holder: string) => void;
  /** What the error says is in use: `The lab in /home/ada/my-lab`. */
  readonly what?: string;
}

/** A lock is a socket that somebody listens on, so it is free the moment its holder dies, however it dies. */
type Take = (name: string) => Promise<Lock | Rival>;

const isRival = (taken: Lock | Rival): taken is Rival => 'gone' in taken;

interface Neighbour {
  readonly file: string;
  readonly rival: Rival;
}

/** Everybody but `own` who has the lock or wants it; the files of those who are dead go, and no file ever has the same name again. */
const neighbours = async (folder: string, name: string, own = ''): Promise<Neighbour[]> => {
  const files = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`) && file !== own);
  const asked = await Promise.all(
    files.map(async (file): Promise<Neighbour[]> => {
      const rival = await ask(join(folder, file));
      if (rival === 'dead') await rm(join(folder, file), { force: true });
      return typeof rival === 'string' ? [] : [{ file, rival }];
    }),
  );
  return asked.flat();
};

/** Of whoever else is there: the holder if there is one, else one who comes before `own`. The others are let go. */
const first = (others: readonly Neighbour[], own = ''): Rival | undefined => {
  const holder =
    others.find(({ rival }) => rival.state === 'holds') ?? others.find(({ file }) => own === '' || file < own);
  for (const each of others) if (each !== holder) void each.rival.gone(AbortSignal.abort());
  return holder?.rival;
};

/**
 * In a folder, each who wants the lock has a socket of its own, and shows it only when it answers. Whoever then sees nobody else
 * has the lock: of two at once the later one sees the earlier one. Of several who see each other the first by name stays.
 */
const takeInFolder: Take = async (name) => {
  const folder = await lockFolder();
  const there = first(await neighbours(folder, name));
  if (there) return there;
  const own = `${name}.${randomBytes(4).toString('hex')}`;
  const hidden = join(folder, `.${own}`);
  const listener = await listen(hidden);
  if (!listener) throw new Error(`somebody else listens at ${hidden}`);
  const release = async () => {
    await rm(join(folder, own), { force: true });
    await listener.close();
  };
  await rename(hidden, join(folder, own));
  for (;;) {
    const others = await neighbours(folder, name, own);
    const before = first(others, own);
    if (before) {
      await release();
      return before;
    }
    if (others.length === 0) {
      listener.hold();
      return { release };
    }
    await delay(2);
  }
};

/** Windows lets one process alone listen at a name, and the name is gone with it. */
const takePipe: Take = async (name) => {
  const path = `${await pipePrefix()}-${name}`;
  for (;;) {
    const listener = await listen(path);
    listener?.hold();
    if (listener) return { release: listener.close };
    const rival = await ask(path);
    if (typeof rival !== 'string') return rival;
    await delay(20);
  }
};

const take = process.platform === 'win32' ? takePipe : takeInFolder;

const heldBy = (options: LockOptions, name: string, words: string): ComputerError =>
  new ComputerError(`${options.what ?? name} is in use by ${words}.`, {
    hint: 'Wait until it has finished, or end it, and run the same command again.',
  });

/**
 * Takes the lock called `name` (letters, digits, `-`) for this process. When somebody else has it: waits if told to, else a
 * ComputerError that names the holder.
 */
export const lock = async (name: string, options: LockOptions = {}): Promise<Lock> => {
  let told = false;
  for (;;) {
    if (options.signal?.aborted) throw new InterruptedError();
    const taken = await take(name);
    if (!isRival(taken)) return taken;
    if (taken.state === 'wants') {
      // It has the lock in a moment, or lets somebody else have it.
      void taken.gone(AbortSignal.abort());
      await delay(5);
    } else if (!options.wait) {
      void taken.gone(AbortSignal.abort());
      throw heldBy(options, name, taken.words);
    } else {
      if (!told) options.onWait?.(taken.words);
      told = true;
      await taken.gone(options.signal);
    }
  }
};

/** Whether another process has the lock called `name`. */
export const isLocked = async (name: string): Promise<boolean> => {
  const taken = await take(name);
  if (!isRival(taken)) await taken.release();
  else void taken.gone(AbortSignal.abort());
  return isRival(taken);
};

/** Does some work while holding a lock. */
export const withLock = async <T>(name: string, options: LockOptions, work: () => Promise<T>): Promise<T> => {
  const taken = await lock(name, options);
  try {
    return await work();
  } finally {
    await taken.release();
  }
};
