import type { HistoryEvent, ProbeEvent, Via, VrrpEvent } from '../../model/history.js';
import type { SitePart } from '../../model/scenario.js';

/** One answer of the site, or none: how long it took, and whether it was good in time. */
export interface Beat {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly good: boolean;
}

/** A stretch of requests that got no good answer. */
export interface Lost {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** How a lab stands, as far as was seen. */
export interface Watched {
  readonly nowMs: number;
  /** Undefined until the first word about it. */
  readonly holders: readonly string[] | undefined;
  /** When the VIP came to be held as it is. */
  readonly heldSinceMs: number;
  readonly vrrp: ReadonlyMap<string, VrrpEvent['state']>;
  /** Servers that some load balancer calls down, and which. */
  readonly down: ReadonlyMap<string, readonly string[]>;
  readonly beats: ReadonlyMap<SitePart, readonly Beat[]>;
  /** Who served the latest good answer of each kind. */
  readonly via: Via;
  /** Requests without a good answer, one soon after the other; undefined when all is well. */
  readonly lost: Lost | undefined;
}

export const nothingSeen: Watched = {
  nowMs: 0,
  holders: undefined,
  heldSinceMs: 0,
  vrrp: new Map(),
  down: new Map(),
  beats: new Map(),
  via: {},
  lost: undefined,
};

/** Something worth a line: it happened at `atMs`. */
export interface Told {
  readonly atMs: number;
  readonly text: string;
}

/** As many as a wide terminal has columns. */
const keptBeats = 200;

/** How the lab stands after one more event. Events of several observers may come a little out of order. */
export const foldWatched = (before: Watched, event: HistoryEvent, limitMs: number): Watched => {
  const view = { ...before, nowMs: Math.max(before.nowMs, event.atMs) };
  switch (event.type) {
    case 'vip':
      return event.holders.join() === view.holders?.join()
        ? view
        : { ...view, holders: event.holders, heldSinceMs: event.atMs };
    case 'vrrp':
      return { ...view, vrrp: new Map(view.vrrp).set(event.machine, event.state) };
    case 'backend': {
      const others = (view.down.get(event.server) ?? []).filter((name) => name !== event.machine);
      const says = event.up ? others : [...others, event.machine].sort();
      const down = new Map(view.down).set(event.server, says);
      if (says.length === 0) down.delete(event.server);
      return { ...view, down };
    }
    case 'probe':
      return withBeat(view, event, limitMs);
    default:
      return view;
  }
};

const withBeat = (view: Watched, { atMs, latencyMs, result, part, via }: ProbeEvent, limitMs: number): Watched => {
  const good = result === 'ok' && latencyMs <= limitMs;
  const beats = [...(view.beats.get(part) ?? []), { atMs, latencyMs, good }];
  const latest = beats.sort((one, other) => one.atMs - other.atMs).slice(-keptBeats);
  const all = new Map(view.beats).set(part, latest);
  return {
    ...view,
    beats: all,
    via: good && via ? { ...view.via, ...via } : view.via,
    lost: lostAfter(view.lost, atMs, good),
  };
};

/** So long after the last bad answer it is over: an answer that never comes is given up later than the next one is there. */
const overAfterMs = 1500;

const lostAfter = (lost: Lost | undefined, atMs: number, good: boolean): Lost | undefined => {
  if (good) return lost !== undefined && atMs - lost.toMs > overAfterMs ? undefined : lost;
  const { fromMs, toMs, count } = lost ?? { fromMs: atMs, toMs: atMs, count: 0 };
  return { fromMs: Math.min(fromMs, atMs), toMs: Math.max(toMs, atMs), count: count + 1 };
};

/** What of it a person wants to read as a line: changes, and not how things stood at first. */
export const toldOf = (before: Watched, after: Watched, event: HistoryEvent): Told | undefined => {
  const text = textOf(before, after, event);
  return text === undefined ? undefined : { atMs: event.atMs, text };
};

const textOf = (before: Watched, after: Watched, event: HistoryEvent): string | undefined => {
  switch (event.type) {
    case 'vip':
      if (before.holders === undefined || before.holders === after.holders) return undefined;
      return holderWords(event.holders);
    case 'vrrp':
      return before.vrrp.has(event.machine) && before.vrrp.get(event.machine) !== event.state
        ? `keepalived on ${event.machine}: ${event.state}`
        : undefined;
    case 'backend':
      return before.down === after.down || (event.up && !before.down.has(event.server))
        ? undefined
        : `${event.machine} sees ${event.server} ${event.up ? 'up' : 'down'}`;
    case 'probe':
      return before.lost !== undefined && after.lost === undefined ? lostWords(before.lost) : undefined;
    default:
      return undefined;
  }
};

const lostWords = ({ fromMs, toMs, count }: Lost): string =>
  `${count} ${count === 1 ? 'request' : 'requests'} got no good answer from ${seconds(fromMs)} to ${seconds(toMs)}`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

export const holderWords = (holders: readonly string[]): string => {
  if (holders.length === 0) return 'nobody holds the virtual IP';
  return `${holders.join(' and ')} ${holders.length === 1 ? 'holds' : 'hold'} the virtual IP`;
};
