import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';

/** Where requests go, and how what answers there is verified. */
export interface Entrance {
  readonly scheme: 'https' | 'http';
  readonly address: string;
  readonly port: number;
  /** The name the certificate must bear, and the Host header. */
  readonly serverName: string;
  /** Holds the one authority that is believed. Made once: making it costs as much as a request. */
  readonly context: SecureContext;
}

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

/** `begun`: a connection was established, so the other side may have read the request. */
export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  | { readonly kind: 'error'; readonly detail: string; readonly begun: boolean }
  | { readonly kind: 'timeout'; readonly begun: boolean };

/** An answer larger than this is not the site's. */
const mostBytes = 1_048_576;

const connectTo = ({ scheme, address: host, port, serverName: servername, context }: Entrance) =>
  scheme === 'http'
    ? tcpConnect({ host, port, noDelay: true })
    : tlsConnect({ host, port, servername, secureContext: context, ALPNProtocols: ['http/1.1'] });

/** One request on a connection of its own: no session is resumed, nothing is pooled, chain and name are verified. */
export const freshRequest = (entrance: Entrance, asked: Asked, leftMs: number, abort: AbortSignal): Promise<Reply> =>
  new Promise((resolve) => {
    const socket = connectTo(entrance);
    let begun = false;
    socket.once(entrance.scheme === 'https' ? 'secureConnect' : 'connect', () => {
      begun = true;
    });
    const open = entrance.scheme === 'https' ? httpsRequest : httpRequest;
    const request = open({
      createConnection: () => socket,
      method: asked.method,
      path: asked.path,
      headers: { host: entrance.serverName, connection: 'close', ...headersOf(asked) },
      signal: abort,
    });
    const settle = (reply: Reply) => {
      clearTimeout(timer);
      resolve(reply);
      request.destroy();
    };
    const failed = (error: Error) => settle({ kind: 'error', detail: codeOf(error), begun });
    // What has come while this process was held up is read before anything is given up.
    const timer = setTimeout(() => setImmediate(() => settle({ kind: 'timeout', begun })), leftMs);
    request.on('error', failed);
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      read(response, (body) => settle({ kind: 'answer', status, headers, body }), failed);
    });
    request.end(asked.body);
  });

const headersOf = ({ body }: Asked): Record<string, string | number> =>
  body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

/** Calls `done` with the body of a complete answer, otherwise `failed`. */
export const read = (response: IncomingMessage, done: (body: string) => void, failed: (error: Error) => void): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) response.destroy(new Error('the answer is too large'));
  });
  response.on('error', failed);
  response.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
};

export const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
