import { createSecureContext } from 'node:tls';
import type { Clock } from '../../host/clock.js';
import type { ConnectionEvent, ReadEvent, WriteEvent } from '../../model/history.js';
import type { Entrance } from './fresh-request.js';
import { type KeepConfig, keepOpen } from './keep-open.js';
import type { LoopSignals } from './open-loop.js';
import { type Acknowledged, type ReaderConfig, readFresh } from './reader.js';
import { type WriterConfig, write } from './writer.js';

/** What goes on beside the probes, as one line of JSON: a writer, a reader of what it wrote, and connections that are kept open. */
export interface TrafficConfig extends WriterConfig, ReaderConfig, KeepConfig {
  readonly address: string;
  readonly port: number;
  /** The name the certificate must bear, and the Host header. */
  readonly serverName: string;
  /** The lab authority's certificate, PEM. */
  readonly ca: string;
}

export type TrafficEvent = WriteEvent | ReadEvent | ConnectionEvent;

/** Writes, reads and keeps connections open from `startMs` until `stop` fires; resolves when all is answered and closed. */
export const carryTraffic = async (
  config: TrafficConfig,
  startMs: number,
  clock: Clock,
  report: (event: TrafficEvent) => void,
  signals: LoopSignals,
): Promise<void> => {
  const { address, port, serverName, ca } = config;
  const context = createSecureContext({ ca });
  const entrance: Entrance = { scheme: 'https', address, port, serverName, context };
  let latest: Acknowledged | undefined;
  const wrote = (event: WriteEvent): void => {
    if (event.result === 'acknowledged') latest = { id: event.id, atMs: clock.nowMs() };
    report(event);
  };
  await Promise.all([
    write(config, entrance, startMs, clock, wrote, signals),
    readFresh(config, entrance, startMs, clock, () => latest, report, signals),
    keepOpen(config, entrance, startMs, clock, report, signals),
  ]);
};
