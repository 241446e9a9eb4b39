import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Answer, Handshake, NoAnswer, Target, TlsVersion } from '../check/facts.js';

/** Where the site is asked and how it is verified. */
export interface Door extends Target {
  readonly serverName: string;
  /** The lab authority's certificate, PEM. */
  readonly ca: string;
  readonly timeoutMs: number;
}

export interface HandshakeJob extends Door {
  readonly kind: 'handshake';
  readonly version: TlsVersion;
}

export interface RequestJob extends Door {
  readonly kind: 'request';
  readonly scheme: 'http' | 'https';
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string;
  /** Beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ConnectJob {
  readonly kind: 'connect';
  readonly targets: readonly Target[];
  readonly timeoutMs: number;
}

export type Job = HandshakeJob | RequestJob | ConnectJob;

export interface Results {
  readonly handshake: Handshake;
  readonly request: Answer | NoAnswer;
  /** The answer to each target, in order: `open`, `refused`, `timeout` or an error code. */
  readonly connect: readonly string[];
}

const codeOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

/** Old versions are off in the client's own defaults: security level 0 makes it really offer them. */
const handshake = (job: HandshakeJob): Promise<Handshake> =>
  new Promise((resolve) => {
    const asked = { version: job.version, serverName: job.serverName };
    const socket = tlsConnect({
      host: job.address,
      port: job.port,
      servername: job.serverName,
      ca: job.ca,
      minVersion: job.version,
      maxVersion: job.version,
      ciphers: 'DEFAULT:@SECLEVEL=0',
      rejectUnauthorized: false,
    });
    const settle = (rest: Omit<Handshake, 'version' | 'serverName'>) => {
      resolve({ ...asked, ...rest });
      socket.destroy();
    };
    const refused = (problem: string) => settle({ accepted: false, verified: false, problem });
    const timer = setTimeout(() => refused('ETIMEDOUT'), job.timeoutMs);
    socket.on('close', () => clearTimeout(timer));
    socket.on('error', (error) => refused(codeOf(error)));
    socket.on('secureConnect', () => {
      const problem = socket.authorized ? {} : { problem: String(socket.authorizationError) };
      settle({ accepted: true, verified: socket.authorized, cipher: socket.getCipher().standardName, ...problem });
    });
  });

const request = (job: RequestJob): Promise<Answer | NoAnswer> =>
  new Promise((resolve) => {
    const open = job.scheme === 'https' ? httpsRequest : httpRequest;
    const sent = open({
      host: job.address,
      port: job.port,
      method: job.method,
      path: job.path,
      agent: false,
      headers: {
        host: job.serverName,
        connection: 'close',
        ...(job.body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(job.body) }),
        ...job.headers,
      },
      ...(job.scheme === 'https' ? { servername: job.serverName, ca: job.ca } : {}),
    });
    const timer = setTimeout(
      () => sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      job.timeoutMs,
    );
    const settle = (answer: Answer | NoAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    sent.on('error', (error) => settle({ problem: codeOf(error) }));
    sent.on('response', (response) => {
      bodyOf(response).then(
        (body) => settle({ status: response.statusCode ?? 0, headers: plain(response), body }),
        (error: unknown) => settle({ problem: codeOf(error) }),
      );
    });
    sent.end(job.body);
  });

const mostBytes = 1_048_576;

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((sum, each) => sum + each.length, 0) > mostBytes) throw new Error('the answer is too large');
  }
  return Buffer.concat(chunks).toString('utf8');
};

const plain = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));

const connect = (job: ConnectJob): Promise<readonly string[]> =>
  Promise.all(job.targets.map((target) => connectOne(target, job.timeoutMs)));

const connectOne = ({ address, port }: Target, timeoutMs: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = tcpConnect({ host: address, port });
    const settle = (answer: string) => {
      clearTimeout(timer);
      resolve(answer);
      socket.destroy();
    };
    const timer = setTimeout(() => settle('timeout'), timeoutMs);
    socket.on('connect', () => settle('open'));
    socket.on('error', (error) => settle(codeOf(error) === 'ECONNREFUSED' ? 'refused' : codeOf(error)));
  });

/** Does one job from wherever this process runs. */
export const doJob = (job: Job): Promise<Results[Job['kind']]> => {
  switch (job.kind) {
    case 'handshake':
      return handshake(job);
    case 'request':
      return request(job);
    case 'connect':
      return connect(job);
  }
};
