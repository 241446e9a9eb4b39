import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ComputerError, InterruptedError } from '../model/errors.js';

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

/**
 * A lock is a socket that somebody listens on, so it is free the moment its holder dies, however it dies. On Linux it has
 * an abstract name and leaves no file; elsewhere a stale file is known by nobody answering.
 */
const endpoint = (name: string): string => {
  if (process.platform === 'linux') return `\0quintet-${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\quintet-${name}`;
  return join(tmpdir(), `quintet-${name}.lock`);
};

const introduction = (): string => `process ${process.pid} (${['quintet', ...process.argv.slice(2)].join(' ')})\n`;

/** Undefined when somebody else listens. */
const listen = (path: string): Promise<Lock | undefined> =>
  new Promise((resolve, reject) => {
    // A waiter stays connected: that the connection ends tells it that the lock is free.
    const waiters = new Set<Socket>();
    const server = createServer((socket) => {
      waiters.add(socket.unref());
      socket.on('error', () => undefined).on('close', () => waiters.delete(socket));
      socket.write(introduction());
    });
    const release = () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of waiters) socket.destroy();
      });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve({ release });
    });
  });

interface Holder {
  readonly words: string;
  /** Until it lets go or dies, or `signal` fires. */
  gone(signal?: AbortSignal): Promise<void>;
}

const silentHolder = 'another process';

/** Asks who holds the lock; undefined when nobody does any more. */
const ask = (path: string): Promise<Holder | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection(path);
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    const gone = async (signal?: AbortSignal): Promise<void> => {
      const stop = () => socket.destroy();
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
      await closed;
      signal?.removeEventListener('abort', stop);
    };
    const answer = (words: string) => resolve({ words, gone });
    socket.once('error', () => resolve(undefined));
    socket.once('data', (words) => answer(String(words).trim()));
    socket.once('close', () => resolve(undefined));
    // A busy holder may be slow to introduce itself; that it accepts is proof enough.
    socket.setTimeout(1000, () => answer(silentHolder));
  });

/** A socket file whose owner is dead is in the way everywhere but on Linux and Windows. */
const sweep = async (path: string): Promise<void> => {
  if (process.platform !== 'linux' && process.platform !== 'win32') await rm(path, { force: true });
};

const heldBy = (options: LockOptions, name: string, words: string): ComputerError =>
  new ComputerError(`${options.what ?? name} is in use by ${words}.`, {
    hint: 'Wait until it has finished, or end it, and run the same command again.',
  });

/**
 * Takes the lock called `name` (letters, digits, `-`) for this process. When somebody else has it: waits if told to, else a
 * ComputerError that names the holder.
 */
export const lock = async (name: string, options: LockOptions = {}): Promise<Lock> => {
  const path = endpoint(name);
  let told = false;
  for (;;) {
    if (options.signal?.aborted) throw new InterruptedError();
    const taken = await listen(path);
    if (taken) return taken;
    const holder = await ask(path);
    if (holder === undefined) await sweep(path).then(() => delay(20));
    else if (!options.wait) {
      void holder.gone(AbortSignal.abort());
      throw heldBy(options, name, holder.words);
    } else {
      if (!told) options.onWait?.(holder.words);
      told = true;
      await holder.gone(options.signal);
    }
  }
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
