import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Companion, start } from '../../host/command.js';
import { removeTree } from '../../host/files.js';
import { ownScript } from '../../host/own-script.js';
import { ComputerError } from '../../model/errors.js';
import type { LabSite } from '../provider.js';
import { labFolder } from './names.js';
import { inNetwork, networkExists } from './network.js';

export interface ForwardOptions {
  /** Where to listen on this computer; port 0 takes any free one. */
  readonly listen: { readonly host?: string; readonly port: number };
  /** Where to, in the lab's network. */
  readonly to: { readonly host: string; readonly port: number };
}

export interface Forward {
  readonly port: number;
  close(): Promise<void>;
}

const portRefused = (error: NodeJS.ErrnoException, host: string, port: number): ComputerError => {
  const why = { EADDRINUSE: 'is in use by another program', EACCES: 'needs root' }[error.code ?? ''] ?? error.message;
  return new ComputerError(`Port ${port} of ${host} ${why}.`, {
    hint: `Choose another one, for example: quintet open --port ${port < 1024 ? port + 8000 : port + 1}`,
    cause: error,
  });
};

/** Listens first: a port in use must be told before anything is started. */
const listening = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portRefused(error, host, port)));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const startRelay = async (site: LabSite, socketPath: string, to: ForwardOptions['to']): Promise<Companion> => {
  if (!(await networkExists(site))) {
    throw new ComputerError('The lab is not up: it has no network.', { hint: 'Bring it up with: quintet up' });
  }
  const companion = start(
    inNetwork(site, [...ownScript('providers/container/forward-relay'), socketPath, to.host, String(to.port)]),
  );
  const first = await companion.lines[Symbol.asyncIterator]().next();
  if (!first.done && first.value === 'ready') return companion;
  throw new ComputerError('The process that reaches into the lab network did not start.', {
    cause: await companion.done,
  });
};

/** Joins two connections until both have ended; a broken one breaks the other. */
const bridgeTo = (from: Socket, socketPath: string, open: Set<Socket>): void => {
  const into = connect({ path: socketPath, allowHalfOpen: true });
  for (const socket of [from, into]) {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }
  from.pipe(into).pipe(from);
  into.on('error', () => from.resetAndDestroy());
  from.on('error', () => into.destroy());
  from.on('close', () => into.destroy());
};

/**
 * Makes an address of the lab's network reachable at a port of this computer, for as long as Quintet runs. The lab's
 * network is not this computer's: each connection is handed over a Unix socket, which belongs to no network, to a small
 * process that lives in the lab's.
 */
export const forward = async (site: LabSite, { listen, to }: ForwardOptions): Promise<Forward> => {
  const open = new Set<Socket>();
  const socketPath = join(labFolder(site), `forward-${randomBytes(4).toString('hex')}.sock`);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => bridgeTo(socket, socketPath, open));
  const port = await listening(server, listen.host ?? '127.0.0.1', listen.port);
  const closeServer = () => new Promise<void>((resolve) => server.close(() => resolve()));
  try {
    const companion = await startRelay(site, socketPath, to);
    const close = async (): Promise<void> => {
      const closed = closeServer();
      for (const socket of open) socket.destroy();
      await closed;
      await companion.stop();
      await removeTree(socketPath);
    };
    return { port, close };
  } catch (error) {
    await closeServer();
    throw error;
  }
};
