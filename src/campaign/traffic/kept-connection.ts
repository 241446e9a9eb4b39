import { Agent, type IncomingMessage, request } from 'node:http';
import { type Socket, connect as tcpConnect } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { codeOf, type Entrance, read } from './fresh-request.js';

/** How a connection ended: `over` gracefully, with no request lost; `broke` otherwise. */
export interface Ending {
  readonly what: 'broke' | 'over';
  readonly detail: string;
}

export interface Asking {
  readonly path: string;
  readonly contains: string;
  readonly timeoutMs: number;
}

/**
 * One TLS connection that is kept open and asked again and again, one request at a time. It ends gracefully when an answer
 * said so (`connection: close`), or when the other side took its leave between two requests with TLS's close_notify
 * (RFC 8446 section 6.1). A bare end of the stream is what a proxy leaves behind that was killed: that is a break.
 */
export class KeptConnection {
  answers = 0;
  #ending: Ending | undefined;
  readonly #ended = new AbortController();
  /** What had been read when the last answer was whole; before the first one nothing counts as taking leave. */
  #bytesAtRest = Number.POSITIVE_INFINITY;
  #lastAnswer = false;
  #asking = false;
  readonly #agent: Agent;

  private constructor(
    private readonly tcp: Socket,
    private readonly tls: TLSSocket,
    private readonly serverName: string,
  ) {
    this.#agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), { createConnection: () => tls });
    tls.on('error', (error) => this.#end('broke', codeOf(error)));
    tls.on('close', () => this.#end(...this.#leave()));
  }

  /** Resolves when the connection is established and verified; rejects when it can't be within the time. */
  static open({ address, port, serverName, context }: Entrance, timeoutMs: number): Promise<KeptConnection> {
    return new Promise((resolve, reject) => {
      // With a socket of its own below: TLS does not say whether close_notify came, but its bytes are counted there.
      const tcp = tcpConnect({ host: address, port, noDelay: true });
      const tls = tlsConnect({
        socket: tcp,
        servername: serverName,
        secureContext: context,
        ALPNProtocols: ['http/1.1'],
      });
      const failed = (error: Error) => {
        clearTimeout(timer);
        tls.destroy();
        tcp.destroy();
        reject(error);
      };
      const timer = setTimeout(() => setImmediate(() => failed(new Error(`not open in ${timeoutMs} ms`))), timeoutMs);
      tcp.on('error', failed);
      tls.on('error', failed);
      tcp.on('close', () => failed(new Error('closed before it was open')));
      tls.on('secureConnect', () => {
        clearTimeout(timer);
        resolve(new KeptConnection(tcp, tls, serverName));
      });
    });
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Fires when it has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Asks once and resolves when it is answered or the connection has ended. */
  async ask(asking: Asking): Promise<void> {
    this.#asking = true;
    await this.#exchange(asking);
    this.#asking = false;
    this.#bytesAtRest = this.tcp.bytesRead;
    if (this.#lastAnswer) this.#end('over', 'the server said that this was its last answer');
  }

  close(): void {
    this.#end('over', 'closed');
  }

  #exchange({ path, contains, timeoutMs }: Asking): Promise<void> {
    return new Promise((resolve) => {
      const asked = request({ agent: this.#agent, path, headers: { host: this.serverName } });
      const settle = () => {
        clearTimeout(timer);
        resolve();
      };
      const failed = (error: Error) => {
        this.#end('broke', codeOf(error));
        settle();
      };
      const timer = setTimeout(() => setImmediate(() => failed(new Error(`no answer in ${timeoutMs} ms`))), timeoutMs);
      asked.on('error', failed);
      asked.on('response', (response) => {
        const done = (body: string) => {
          this.#heard(response, body.includes(contains));
          settle();
        };
        read(response, done, failed);
      });
      asked.end();
    });
  }

  #heard({ statusCode, headers }: IncomingMessage, right: boolean): void {
    if (statusCode === 200 && right) this.answers += 1;
    this.#lastAnswer = headers.connection?.toLowerCase() === 'close';
  }

  #leave(): [Ending['what'], string] {
    if (this.#lastAnswer) return ['over', 'the server said that this was its last answer'];
    if (this.#asking) return ['broke', 'the connection ended before the answer'];
    return this.tcp.bytesRead > this.#bytesAtRest
      ? ['over', 'the server took its leave between two requests']
      : ['broke', 'the connection ended without a word'];
  }

  #end(what: Ending['what'], detail: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = { what, detail };
    this.tls.destroy();
    this.tcp.destroy();
    this.#agent.destroy();
    this.#ended.abort();
  }
}
