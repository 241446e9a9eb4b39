import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/**
 * The half of a forward that runs in the lab's network: `node forward-relay.js SOCKET HOST PORT`. Connects everybody who
 * comes to the Unix socket to HOST:PORT, says `ready` when it listens, and ends when its standard input does.
 */
const [socketPath, host, port] = process.argv.slice(2);
if (socketPath === undefined || host === undefined || port === undefined) throw new Error('usage: SOCKET HOST PORT');

const server = createServer({ allowHalfOpen: true }, (inner) => {
  const outer = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
  inner.pipe(outer).pipe(inner);
  outer.on('error', () => inner.destroy());
  inner.on('error', () => outer.resetAndDestroy());
  inner.on('close', () => outer.destroy());
});

const end = (): void => {
  rmSync(socketPath, { force: true });
  process.exit(0);
};

server.listen({ path: socketPath }, () => process.stdout.write('ready\n'));
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
