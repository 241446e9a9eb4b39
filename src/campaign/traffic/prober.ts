import { createSecureContext } from 'node:tls';
import type { Clock } from '../../host/clock.js';
import type { ProbeEvent, Via } from '../../model/history.js';
import type { SitePart } from '../../model/scenario.js';
import { type Entrance, freshRequest, type Reply } from './fresh-request.js';
import { type LoopSignals, openLoop } from './open-loop.js';
import { Stalls } from './stalls.js';

/** What the prober is told, as one line of JSON. Limits on time and number hold whatever becomes of Quintet. */
export interface ProberConfig {
  /** https when left out. */
  readonly scheme?: 'https' | 'http';
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
  /** 200 when left out. */
  readonly expectStatus?: number;
}

type Answer = Pick<ProbeEvent, 'result' | 'status' | 'via' | 'detail'>;

/**
 * Sends probes from `startMs` (on the clock) until `stop` fires or the most were sent; resolves when the last one is
 * answered or given up. Each event's `atMs` counts from `startMs`. `abort` ends everything at once.
 */
export const probe = async (
  config: ProberConfig,
  startMs: number,
  clock: Clock,
  report: (event: ProbeEvent) => void,
  signals: LoopSignals,
): Promise<void> => {
  const { scheme = 'https', ratePerSecond, mostProbes } = config;
  const entrance: Entrance = { ...config, scheme, context: createSecureContext({ ca: config.ca }) };
  const stalls = new Stalls(clock);
  const fly = async (id: number, dueAtMs: number, inFlight: number): Promise<void> => {
    const path = config.paths[id % config.paths.length] ?? { path: '/', contains: '', part: 'static' };
    const sentAtMs = clock.nowMs();
    const lateMs = Math.max(0, sentAtMs - dueAtMs);
    const answer: Answer =
      inFlight >= config.mostInFlight
        ? { result: 'error', detail: `not sent: ${inFlight} probes are waiting for an answer` }
        : await ask(config, entrance, path, lateMs, signals.abort);
    const latencyMs = clock.nowMs() - dueAtMs;
    report({
      type: 'probe',
      atMs: rounded(dueAtMs - startMs),
      id,
      part: path.part,
      path: path.path,
      // A prober that was held up while it waited knows as little of that moment as one that sent too late.
      latenessMs: rounded(Math.max(lateMs, stalls.longestMs(sentAtMs))),
      latencyMs: rounded(latencyMs),
      ...answer,
    });
  };
  await openLoop({ ratePerSecond, startMs, most: mostProbes }, clock, fly, signals).finally(() => stalls.close());
};

/** Hundredths of a millisecond are as much as means anything. */
export const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** Of its time-out a request has left what it was not late. */
export const leftMs = ({ timeoutMs }: { readonly timeoutMs: number }, lateMs: number): number =>
  Math.max(1, Math.ceil(timeoutMs - lateMs));

const ask = async (
  config: ProberConfig,
  entrance: Entrance,
  path: ProbePath,
  lateMs: number,
  abort: AbortSignal,
): Promise<Answer> => {
  const asked = { method: 'GET', path: path.path } as const;
  const reply = await freshRequest(entrance, asked, leftMs(config, lateMs), abort);
  if (reply.kind === 'timeout') return { result: 'timeout', detail: `no answer in ${config.timeoutMs} ms` };
  return reply.kind === 'error' ? { result: 'error', detail: reply.detail } : judge(reply, path);
};

const viaHeaders = {
  loadBalancer: 'x-load-balancer',
  web: 'x-web-machine',
  app: 'x-app-machine',
  database: 'x-database-machine',
} as const;

const viaOf = (headers: Extract<Reply, { kind: 'answer' }>['headers']): Via => {
  const named = Object.entries(viaHeaders).map(([hop, header]) => [hop, headers[header]]);
  return Object.fromEntries(named.filter(([, name]) => typeof name === 'string'));
};

const judge = (
  { status, headers, body }: Extract<Reply, { kind: 'answer' }>,
  { contains, expectStatus = 200 }: ProbePath,
): Answer => {
  const via = viaOf(headers);
  const seen = { status, ...(Object.keys(via).length > 0 && { via }) };
  if (status !== expectStatus) return { result: 'wrong', ...seen, detail: `status ${status}` };
  if (!body.includes(contains)) return { result: 'wrong', ...seen, detail: `the answer does not contain ${contains}` };
  return { result: 'ok', ...seen };
};
