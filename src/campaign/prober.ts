import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../host/clock.js';
import type { ProbeEvent } from '../model/history.js';
import type { SitePart } from '../model/scenario.js';
import { dueMs, type Pace, turn } from './pacer.js';

/** What the prober is told, as one line of JSON. Limits on time and number hold whatever becomes of Quintet. */
export interface ProberConfig {
  readonly address: string;
  readonly port: number;
  /** The name the certificate must bear, and the Host header. */
  readonly serverName: string;
  /** The lab authority's certificate, PEM. */
  readonly ca: string;
  readonly ratePerSecond: number;
  /** A probe is given up when it is not answered this long after it was due. */
  readonly timeoutMs: number;
  /** Asked in turn. */
  readonly paths: readonly ProbePath[];
  readonly mostProbes: number;
  /** How many may be waiting for an answer; beyond that a probe due is reported as an error and not sent. */
  readonly mostInFlight: number;
}

export interface ProbePath {
  readonly path: string;
  /** What the answer must contain. */
  readonly contains: string;
  readonly part: SitePart;
}

type Answer = Pick<ProbeEvent, 'result' | 'status' | 'loadBalancer' | 'detail'>;

/** An answer larger than this is not the site's. */
const mostBytes = 1_048_576;

/**
 * Sends probes from `startMs` (on the clock) until `stop` fires or the most were sent; resolves when the last one is
 * answered or given up. Each event's `atMs` counts from `startMs`. `abort` ends everything at once.
 */
export const probe = async (
  config: ProberConfig,
  startMs: number,
  clock: Clock,
  report: (event: ProbeEvent) => void,
  signals: { readonly stop: AbortSignal; readonly abort: AbortSignal },
): Promise<void> => {
  const pace: Pace = { ratePerSecond: config.ratePerSecond, startMs, most: config.mostProbes };
  const context = createSecureContext({ ca: config.ca });
  setMaxListeners(0, signals.abort);
  const flying = new Set<Promise<void>>();
  const either = AbortSignal.any([signals.stop, signals.abort]);
  const launch = (id: number) => {
    const flight = fly(config, context, id, dueMs(pace, id), startMs, clock, flying.size, signals.abort).then(report);
    flying.add(flight);
    void flight.finally(() => flying.delete(flight));
  };
  for (let sent = 0; !either.aborted; ) {
    const { send, waitMs } = turn(pace, clock.nowMs(), sent);
    for (const last = sent + send; sent < last; sent += 1) launch(sent);
    if (waitMs === undefined) break;
    await clock.sleep(waitMs, either).catch(() => undefined);
  }
  await Promise.all(flying);
};

const fly = async (
  config: ProberConfig,
  context: SecureContext,
  id: number,
  dueAtMs: number,
  startMs: number,
  clock: Clock,
  inFlight: number,
  abort: AbortSignal,
): Promise<ProbeEvent> => {
  const path = config.paths[id % config.paths.length] ?? { path: '/', contains: '', part: 'static' };
  const latenessMs = Math.max(0, clock.nowMs() - dueAtMs);
  const leftMs = Math.max(1, Math.ceil(config.timeoutMs - latenessMs));
  const answer: Answer =
    inFlight >= config.mostInFlight
      ? { result: 'error', detail: `not sent: ${inFlight} probes are waiting for an answer` }
      : await ask(config, context, path, leftMs, abort);
  const latencyMs = clock.nowMs() - dueAtMs;
  return {
    type: 'probe',
    atMs: rounded(dueAtMs - startMs),
    id,
    part: path.part,
    path: path.path,
    latenessMs: rounded(latenessMs),
    latencyMs: rounded(latencyMs),
    ...answer,
  };
};

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** One request on a connection of its own: no session is resumed, nothing is pooled, chain and name are verified. */
const ask = (
  config: ProberConfig,
  context: SecureContext,
  { path, contains }: ProbePath,
  leftMs: number,
  abort: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve) => {
    const { address: host, port, serverName: servername } = config;
    const request = get({
      createConnection: () => connect({ host, port, servername, secureContext: context, ALPNProtocols: ['http/1.1'] }),
      path,
      headers: { host: config.serverName, connection: 'close' },
      signal: abort,
    });
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
      request.destroy();
    };
    const timer = setTimeout(
      () => settle({ result: 'timeout', detail: `no answer in ${config.timeoutMs} ms` }),
      leftMs,
    );
    request.on('error', (error) => settle({ result: 'error', detail: codeOf(error) }));
    request.on('response', (response) => {
      read(
        response,
        (body) => settle(judge(response, body, contains)),
        (error) => settle({ result: 'error', detail: codeOf(error) }),
      );
    });
  });

const read = (response: IncomingMessage, done: (body: string) => void, failed: (error: Error) => void): void => {
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

const judge = (response: IncomingMessage, body: string, contains: string): Answer => {
  const status = response.statusCode ?? 0;
  const loadBalancer = response.headers['x-load-balancer'];
  const seen = { status, ...(typeof loadBalancer === 'string' ? { loadBalancer } : {}) };
  if (status !== 200) return { result: 'wrong', ...seen, detail: `status ${status}` };
  if (!body.includes(contains)) return { result: 'wrong', ...seen, detail: `the answer does not contain ${contains}` };
  return { result: 'ok', ...seen };
};

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
