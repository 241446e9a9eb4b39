import { axisY, barX, gridX, type Markish, ruleX, text } from '@observablehq/plot';
import type { History } from '../../model/history.js';
import { type ChartSize, drawn, gridTicks, innerWidth, textWidth } from './chart.js';
import { scattered } from './glyphs.js';
import { timeAxis } from './latency.js';
import {
  arpMoments,
  backendMoments,
  faultSpans,
  type Moment,
  type Span,
  type ToneOf,
  vipSpans,
  vrrpSpans,
} from './spans.js';
import { clipped, isIn, lastedMs, type Stretch } from './window.js';

const laneHeight = 25;
const seconds = (atMs: number): number => atMs / 1000;

/** Who did what meanwhile, a lane for each, on the same axis of time as the probes above. */
export const lanesDrawing = (history: History, shown: Stretch, toneOf: ToneOf, size: ChartSize): Element => {
  const pixelsPerMs = innerWidth(size) / lastedMs(shown);
  const labelled = (spans: readonly Span[]): Labelled[] =>
    clipped(spans, shown).map((span) => ({ ...span, label: labelOf(span, shown, pixelsPerMs, size) }));
  const faults = inRows(labelled(faultSpans(history)), (words) => labelWidth(words, size) / pixelsPerMs);
  const spans = [...faults, ...labelled([...vipSpans(history, toneOf), ...vrrpSpans(history, toneOf)])];
  const moments = [...arpMoments(history, toneOf), ...backendMoments(history, toneOf)].filter(isIn(shown));
  const deeds = [...writesOf(history), ...breaksOf(history)].filter(isIn(shown));
  const lanes = lanesOf([...spans, ...moments, ...deeds]);
  const marginBottom = 28;
  return drawn(size, {
    height: lanes.length * laneHeight + marginBottom + 4,
    marginTop: 4,
    marginBottom,
    x: { domain: [seconds(shown.fromMs), seconds(shown.toMs)], axis: null },
    y: { domain: lanes, axis: null, padding: 0.24 },
    marks: [
      gridX({ className: 'grid', ticks: gridTicks(size) }),
      ruleX(
        faults.filter(({ fromMs }) => fromMs > shown.fromMs),
        { x: (fault: Span) => seconds(fault.fromMs), className: 'moment' },
      ),
      ...spanMarks(spans, pixelsPerMs),
      ...momentMarks(moments, shown, pixelsPerMs, size),
      ...deedMarks(deeds, size),
      axisY({ tickSize: 0, tickPadding: 10, label: null, tickFormat: (lane: string) => laneWords(lane, size) }),
      timeAxis(size),
    ],
  });
};

const order = ['fault', 'VIP', 'keepalived', 'ARP', 'servers', 'connections', 'writes'];

const lanesOf = (there: readonly { readonly lane: string }[]): string[] => {
  const rank = (lane: string): number => order.indexOf(lane.split(' ')[0] ?? '');
  const names = [...new Set(there.map(({ lane }) => lane))];
  return names.sort((one, other) => rank(one) - rank(other) || one.localeCompare(other, 'en'));
};

const laneWords = (lane: string, size: ChartSize): string => {
  const [kind = '', which = ''] = lane.split(' ');
  if (kind === 'fault') return which === '' ? kind : '';
  if (kind === 'keepalived' && size.name === 'narrow') return which;
  if (kind === 'connections' && size.name === 'narrow') return 'kept';
  return lane;
};

const labelWidth = (words: string, size: ChartSize): number => textWidth(words, size) + 12;

interface Label {
  readonly place: 'inside' | 'after' | 'before' | 'nowhere';
  readonly words: string;
  /** Where the bar and its words end. */
  readonly endMs: number;
}

/** A span's words stand inside it where there is room, a fault's else after or before it, or fewer of them. */
const labelOf = (span: Span, shown: Stretch, pixelsPerMs: number, size: ChartSize): Label => {
  const { fromMs, toMs, words, fewWords, tone } = span;
  const lengthMs = labelWidth(words, size) / pixelsPerMs;
  if (toMs - fromMs >= lengthMs) return { place: 'inside', words, endMs: toMs };
  if (tone !== 'fault') return { place: 'nowhere', words, endMs: toMs };
  if (toMs + lengthMs <= shown.toMs) return { place: 'after', words, endMs: toMs + lengthMs };
  if (fewWords !== undefined && fewWords !== words) {
    const { fewWords: _, ...rest } = span;
    return labelOf({ ...rest, words: fewWords }, shown, pixelsPerMs, size);
  }
  return { place: fromMs - lengthMs >= shown.fromMs ? 'before' : 'nowhere', words, endMs: toMs };
};

interface Labelled extends Span {
  readonly label: Label;
}

/** Faults whose bars or words would lie on one another go to rows of their own: `fault`, `fault 2`, … */
const inRows = (spans: readonly Labelled[], lengthMs: (words: string) => number): Labelled[] => {
  const rowEndsAtMs: number[] = [];
  return spans.map((span) => {
    const startMs = span.label.place === 'before' ? span.fromMs - lengthMs(span.label.words) : span.fromMs;
    const free = rowEndsAtMs.findIndex((rowEndMs) => rowEndMs <= startMs);
    const row = free === -1 ? rowEndsAtMs.length : free;
    rowEndsAtMs[row] = span.label.endMs;
    return { ...span, lane: row === 0 ? span.lane : `${span.lane} ${row + 1}` };
  });
};

/** The VIP's lane and the faults are drawn strongly: they are what the rest follows from. */
const isStrong = ({ lane, tone }: Span): boolean => tone === 'fault' || (lane === 'VIP' && tone !== 'none');

const spanMarks = (spans: readonly Labelled[], pixelsPerMs: number): Markish[] => {
  const kinds = [...new Set(spans.map((span) => `${span.tone}${isStrong(span) ? ' strong' : ''}`))];
  const from = (span: Span): number => seconds(span.fromMs);
  const to = (span: Span): number => seconds(Math.max(span.toMs, span.fromMs + 2 / pixelsPerMs));
  const bars = kinds.map((kind) =>
    barX(
      spans.filter((span) => kind === `${span.tone}${isStrong(span) ? ' strong' : ''}`),
      { x1: from, x2: to, y: 'lane', rx: 3, className: `span ${kind}` },
    ),
  );
  const placed = (place: Label['place']) => spans.filter(({ label }) => label.place === place);
  const said = ({ label }: Labelled): string => label.words;
  const words = (of: readonly Labelled[], x: (span: Span) => number, className = 'says') =>
    text([...of], { x, y: 'lane', text: said, textAnchor: 'start', dx: 7, className });
  return [
    ...bars,
    words(placed('inside').filter(isStrong), from, 'says strong'),
    words(
      placed('inside').filter((span) => !isStrong(span)),
      from,
    ),
    words(placed('after'), to),
    text(placed('before'), { x: from, y: 'lane', text: said, textAnchor: 'end', dx: -6, className: 'says' }),
  ];
};

const momentMarks = (moments: readonly Moment[], shown: Stretch, pixelsPerMs: number, size: ChartSize): Markish[] => {
  const tones = [...new Set(moments.map(({ tone }) => tone))];
  const x = (moment: Moment): number => seconds(moment.atMs);
  const fits = (lengthMs: number, { words }: Moment): boolean => lengthMs * pixelsPerMs >= labelWidth(words, size);
  const hasRoom = (moment: Moment): boolean => {
    const next = moments.slice(moments.indexOf(moment) + 1).find(({ lane }) => lane === moment.lane)?.atMs;
    return fits((next ?? shown.toMs) - moment.atMs, moment);
  };
  /** A lane's only moment, at the right edge: its words stand before it. */
  const onlyBefore = (moment: Moment): boolean =>
    !hasRoom(moment) &&
    fits(moment.atMs - shown.fromMs, moment) &&
    moments.every(({ lane }, index) => lane !== moment.lane || moments[index] === moment);
  return [
    ...tones.map((tone) =>
      scattered(
        moments.filter((moment) => moment.tone === tone),
        { x, y: (moment) => moment.lane, glyph: 'tick', className: `moment-mark ${tone}` },
      ),
    ),
    text(moments.filter(hasRoom), { x, y: 'lane', text: 'words', textAnchor: 'start', dx: 6, className: 'says' }),
    text(moments.filter(onlyBefore), { x, y: 'lane', text: 'words', textAnchor: 'end', dx: -6, className: 'says' }),
  ];
};

/** A write, or what became of a connection that was kept open. */
interface Deed {
  readonly lane: string;
  readonly atMs: number;
  readonly result: 'good' | 'unknown' | 'failed';
}

const writesOf = (history: History): Deed[] =>
  history
    .filter((event) => event.type === 'write')
    .map(({ atMs, result }) => ({ lane: 'writes', atMs, result: result === 'acknowledged' ? 'good' : result }));

const breaksOf = (history: History): Deed[] =>
  history
    .filter((event) => event.type === 'connection' && (event.what === 'broke' || event.what === 'refused'))
    .map(({ atMs }) => ({ lane: 'connections', atMs, result: 'failed' }));

const deedMarks = (deeds: readonly Deed[], { dot }: ChartSize): Markish[] => {
  const forms = { good: 'dot', unknown: 'ring', failed: 'cross' } as const;
  return (['good', 'unknown', 'failed'] as const).map((result) =>
    scattered(
      deeds.filter((deed) => deed.result === result),
      {
        x: ({ atMs }) => seconds(atMs),
        y: ({ lane }) => lane,
        glyph: forms[result],
        className: `deed ${result}`,
        ...(result === 'good' ? { onceIn: dot } : {}),
      },
    ),
  );
};
