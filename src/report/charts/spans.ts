import { tenures } from '../../check/vip-holders.js';
import type { FaultEvent, History } from '../../model/history.js';
import type { FaultSettings } from '../../model/scenario.js';
import { endOf, type Stretch } from './window.js';

/** How a stretch or a moment is to be read; the style sheet knows the colours. */
export type Tone = 'first' | 'second' | 'other' | 'quiet' | 'bad' | 'none' | 'fault';

/** A stretch of time on one of a timeline's lanes. */
export interface Span extends Stretch {
  readonly lane: string;
  readonly words: string;
  /** For where there is no room for all of them. */
  readonly fewWords?: string;
  readonly tone: Tone;
}

/** A moment on one of a timeline's lanes. */
export interface Moment {
  readonly lane: string;
  readonly atMs: number;
  readonly words: string;
  readonly tone: Tone;
}

/** In whose colour a machine is drawn: the two load balancers have one each, as on the lab's own page. */
export type ToneOf = (machine: string) => Tone;

export const toneOfRouters =
  (routers: readonly string[]): ToneOf =>
  (machine) =>
    (['first', 'second'] as const)[routers.indexOf(machine)] ?? 'other';

/** `haproxy process killed`, `packet loss of 10 %`, `cable cut (in)`. */
export const faultWords = ({ fault, service, direction, percent, bySeconds }: FaultSettings): string =>
  [
    service ?? '',
    fault.replaceAll('-', ' '),
    direction === undefined || direction === 'both' ? '' : `(${direction})`,
    percent === undefined ? '' : `of ${percent} %`,
    bySeconds === undefined ? '' : `by ${bySeconds} s`,
  ]
    .filter((word) => word !== '')
    .join(' ');

/** When a fault was undone; on one machine several of a kind can be open, each of another service. */
const undoneMs = (made: FaultEvent, history: History): number | undefined =>
  history.find(
    (event) =>
      event.type === 'heal' &&
      event.atMs >= made.atMs &&
      event.machine === made.machine &&
      event.fault === made.fault &&
      event.service === made.service,
  )?.atMs;

/** Each fault from when it was made until it was undone. */
export const faultSpans = (history: History): Span[] =>
  history
    .filter((event) => event.type === 'fault')
    .map((made) => ({
      lane: 'fault',
      fromMs: made.atMs,
      toMs: undoneMs(made, history) ?? endOf(history),
      words: `${faultWords(made)} on ${made.machine}`,
      fewWords: made.fault.replaceAll('-', ' '),
      tone: 'fault',
    }));

/** Who held the VIP: one, nobody, or several. */
export const vipSpans = (history: History, toneOf: ToneOf): Span[] =>
  tenures(history).map(({ fromMs, toMs, holders }) => {
    const [holder] = holders;
    if (holder === undefined) return { lane: 'VIP', fromMs, toMs, words: 'nobody', tone: 'none' };
    if (holders.length > 1) return { lane: 'VIP', fromMs, toMs, words: holders.join(' and '), tone: 'bad' };
    return { lane: 'VIP', fromMs, toMs, words: holder, tone: toneOf(holder) };
  });

const toneOfState = { backup: 'quiet', fault: 'bad', stopped: 'none' } as const;

/** What each keepalived said of itself, a lane for each. */
export const vrrpSpans = (history: History, toneOf: ToneOf): Span[] => {
  const told = history.filter((event) => event.type === 'vrrp');
  return told.map((event, index) => ({
    lane: `keepalived ${event.machine}`,
    fromMs: event.atMs,
    toMs: told.slice(index + 1).find((next) => next.machine === event.machine)?.atMs ?? endOf(history),
    words: event.state,
    tone: event.state === 'master' ? toneOf(event.machine) : toneOfState[event.state],
  }));
};

export const arpMoments = (history: History, toneOf: ToneOf): Moment[] =>
  history
    .filter((event) => event.type === 'arp')
    .map(({ atMs, machine }) => ({ lane: 'ARP', atMs, words: machine, tone: toneOf(machine) }));

/** What HAProxy's servers became; that one was up from the start is not worth a word. */
export const backendMoments = (history: History, toneOf: ToneOf): Moment[] => {
  const told = history.filter((event) => event.type === 'backend');
  return told
    .filter((event, index) => {
      const { machine, server, up } = event;
      return !up || told.slice(0, index).some((earlier) => earlier.machine === machine && earlier.server === server);
    })
    .map(({ atMs, machine, server, up }) => ({
      lane: 'servers',
      atMs,
      words: `${machine}: ${server} ${up ? 'up' : 'down'}`,
      tone: up ? toneOf(machine) : 'bad',
    }));
};
