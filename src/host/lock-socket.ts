import { createConnection, createServer, type Socket } from 'node:net';

/** A socket that this process listens on: it answers for as long as the process lives, and not a moment longer. */
export interface Listener {
  /** From now on whoever asks is told that the lock is held. */
  hold(): void;
  close(): Promise<void>;
}

const introduction = (): string => `process ${process.pid} (${['quintet', ...process.argv.slice(2)].join(' ')})`;

/** Undefined when somebody else listens there. */
export const listen = (path: string): Promise<Listener | undefined> =>
  new Promise((resolve, reject) => {
    // A waiter stays connected: that the connection ends tells it that the lock is free.
    const waiters = new Set<Socket>();
    let state: Rival['state'] = 'wants';
    const server = createServer((socket) => {
      waiters.add(socket.unref());
      socket.on('error', () => undefined).on('close', () => waiters.delete(socket));
      socket.write(`${state} ${introduction()}\n`);
    });
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of waiters) socket.destroy();
      });
    const hold = () => {
      state = 'holds';
    };
    server.once('error', (error: NodeJS.ErrnoException) =>
      ['EADDRINUSE', 'EACCES'].includes(error.code ?? '') && process.platform === 'win32'
        ? resolve(undefined)
        : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve({ hold, close });
    });
  });

/** Another process (or another part of this one) that has a lock, or is about to find out whether it can have it. */
export interface Rival {
  readonly state: 'holds' | 'wants';
  readonly words: string;
  /** Until it lets go or dies, or `signal` fires. */
  gone(signal?: AbortSignal): Promise<void>;
}

const silent = 'holds another process';

/** Who listens there: somebody, nobody any more (`dead`: only the file is left), or somebody who is just leaving. */
export const ask = (path: string): Promise<Rival | 'dead' | 'leaving'> =>
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
    const answer = (said: string) => {
      const [, state, words = ''] = /^(\w+) (.*)/.exec(said) ?? /^(\w+) (.*)/.exec(silent) ?? [];
      resolve({ state: state === 'wants' ? 'wants' : 'holds', words, gone });
    };
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      // A queue of waiters that is full is one more proof that somebody is there.
      if (code === 'EAGAIN') answer(silent);
      else resolve(code === 'ECONNREFUSED' ? 'dead' : 'leaving');
    });
    socket.once('data', (said) => answer(String(said)));
    socket.once('close', () => resolve('leaving'));
    // A busy holder may be slow to introduce itself; that it accepts is proof enough.
    socket.setTimeout(1000, () => answer(silent));
  });
