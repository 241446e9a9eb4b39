import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type SiteCertificate, siteCertificate } from './site.js';

export type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

export const listen = async (server: Server, port = 0): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A real site on the loopback that answers as it is told to. */
export const openSite = async (answer: Answer) => {
  const certificate: SiteCertificate = await siteCertificate();
  const secured = new Set<Socket>();
  let connections = 0;
  const server = createServer({ key: certificate.key, cert: certificate.cert }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    answer(request, body, response);
  });
  server.on('secureConnection', (socket) => {
    connections += 1;
    secured.add(socket);
    socket.on('close', () => secured.delete(socket));
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of secured) socket.destroy();
    await closed;
  };
  return {
    port,
    server,
    ca: certificate.ca,
    connections: () => connections,
    sockets: () => [...secured],
    close,
    reopen: () => listen(server, port),
  };
};

/** Passes connections on to a port, as a load balancer does, and can end them without a word to TLS. */
export const openRelay = async (target: number) => {
  const clients = new Set<Socket>();
  const server = createTcpServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    clients.add(client);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => clients.delete(client));
  });
  return {
    port: await listen(server),
    endAll: () => {
      for (const client of clients) client.end();
    },
    resetAll: () => {
      for (const client of clients) client.resetAndDestroy();
    },
    close: () => {
      for (const client of clients) client.destroy();
      server.close();
    },
  };
};
