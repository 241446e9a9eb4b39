import { axisY, barX, gridX, type Markish, ruleX, text } from '@observablehq/plot';
import type { History, WriteEvent } from '../../model/history.js';
import { type ChartSize, drawn, innerWidth, textWidth } from './chart.js';
import { scattered } from './glyphs.js';
import { timeAxis } from './latency.js';
import {
  arpMoments,
  backendMoments,
  endOf,
  faultSpans,
  type Moment,
  type Span,
  type ToneOf,
  vipSpans,
  vrrpSpans,
} from './spans.js';

const laneHeight = 25;
const seconds = (atMs: number): number => atMs / 1000;

/** Who did what meanwhile, a lane for each, on the same axis of time as the probes above. */
export const lanesDrawing = (history: History, toneOf: ToneOf, size: ChartSize): Element => {
  const pixelsPerMs = innerWidth(size) / endOf(history);
  const faults = inRows(faultSpans(history), pixelsPerMs, size);
  const spans = [...faults, ...vipSpans(history, toneOf), ...vrrpSpans(history, toneOf)];
  const moments = [...arpMoments(history, toneOf), ...backendMoments(history, toneOf)];
  const writes = history.filter((event) => event.type === 'write');
  const lanes = lanesOf([...spans, ...moments], writes.length > 0);
  const marginBottom = 28;
  return drawn(size, {
    height: lanes.length * laneHeight + marginBottom + 4,
    marginTop: 4,
    marginBottom,
    x: { domain: [0, seconds(endOf(history))], axis: null },
    y: { domain: lanes, axis: null, padding: 0.24 },
    marks: [
      gridX({ className: 'grid', ticks: size.name === 'wide' ? 10 : 5 }),
      ruleX(faults, { x: (fault: Span) => seconds(fault.fromMs), className: 'moment' }),
      ...spanMarks(spans, pixelsPerMs, size),
      ...momentMarks(moments, pixelsPerMs, size),
      ...writeMarks(writes),
      axisY({ tickSize: 0, tickPadding: 10, label: null, tickFormat: (lane: string) => laneWords(lane, size) }),
      timeAxis(size),
    ],
  });
};

const order = ['fault', 'VIP', 'keepalived', 'ARP', 'servers', 'writes'];

const lanesOf = (there: readonly { readonly lane: string }[], withWrites: boolean): string[] => {
  const names = [...new Set([...there.map(({ lane }) => lane), ...(withWrites ? ['writes'] : [])])];
  const rank = (lane: string): number => order.indexOf(lane.split(' ')[0] ?? '');
  return names.sort((one, other) => rank(one) - rank(other) || one.localeCompare(other, 'en'));
};

const laneWords = (lane: string, size: ChartSize): string => {
  const [kind = '', which = ''] = lane.split(' ');
  if (kind === 'fault') return which === '' ? kind : '';
  if (kind === 'keepalived' && size.name === 'narrow') return which;
  return lane;
};

const labelWidth = (words: string, size: ChartSize): number => textWidth(words, size) + 12;

/** Faults whose bars or words would lie on one another go to rows of their own: `fault`, `fault 2`, … */
const inRows = (spans: readonly Span[], pixelsPerMs: number, size: ChartSize): Span[] => {
  const rowEndsAtMs: number[] = [];
  return spans.map((span) => {
    const endMs = Math.max(span.toMs, labelOf(span, pixelsPerMs, size).endMs);
    const free = rowEndsAtMs.findIndex((rowEndMs) => rowEndMs <= span.fromMs);
    const row = free === -1 ? rowEndsAtMs.length : free;
    rowEndsAtMs[row] = endMs;
    return { ...span, lane: row === 0 ? span.lane : `${span.lane} ${row + 1}` };
  });
};

interface Label {
  readonly place: 'inside' | 'after' | 'before' | 'nowhere';
  /** Where the words end. */
  readonly endMs: number;
}

/** A span's words stand inside it where there is room, a fault's else after or before it. */
const labelOf = ({ fromMs, toMs, words, tone }: Span, pixelsPerMs: number, size: ChartSize): Label => {
  const lengthMs = labelWidth(words, size) / pixelsPerMs;
  if (toMs - fromMs >= lengthMs) return { place: 'inside', endMs: fromMs + lengthMs };
  if (tone !== 'fault') return { place: 'nowhere', endMs: toMs };
  const endMs = innerWidth(size) / pixelsPerMs;
  return toMs + lengthMs <= endMs ? { place: 'after', endMs: toMs + lengthMs } : { place: 'before', endMs };
};

/** The VIP's lane and the faults are drawn strongly: they are what the rest follows from. */
const isStrong = ({ lane, tone }: Span): boolean => tone === 'fault' || (lane === 'VIP' && tone !== 'none');

const spanMarks = (spans: readonly Span[], pixelsPerMs: number, size: ChartSize): Markish[] => {
  const kinds = [...new Set(spans.map((span) => `${span.tone}${isStrong(span) ? ' strong' : ''}`))];
  const from = (span: Span): number => seconds(span.fromMs);
  const to = (span: Span): number => seconds(Math.max(span.toMs, span.fromMs + 2 / pixelsPerMs));
  const bars = kinds.map((kind) =>
    barX(
      spans.filter((span) => kind === `${span.tone}${isStrong(span) ? ' strong' : ''}`),
      { x1: from, x2: to, y: 'lane', rx: 3, className: `span ${kind}` },
    ),
  );
  const placed = (place: Label['place']) => spans.filter((span) => labelOf(span, pixelsPerMs, size).place === place);
  const words = (of: readonly Span[], x: (span: Span) => number, className = 'says') =>
    text([...of], { x, y: 'lane', text: 'words', textAnchor: 'start', dx: 7, className });
  return [
    ...bars,
    words(placed('inside').filter(isStrong), from, 'says strong'),
    words(
      placed('inside').filter((span) => !isStrong(span)),
      from,
    ),
    words(placed('after'), to),
    text(placed('before'), { x: from, y: 'lane', text: 'words', textAnchor: 'end', dx: -6, className: 'says' }),
  ];
};

const momentMarks = (moments: readonly Moment[], pixelsPerMs: number, size: ChartSize): Markish[] => {
  const tones = [...new Set(moments.map(({ tone }) => tone))];
  const x = (moment: Moment): number => seconds(moment.atMs);
  const hasRoom = (moment: Moment): boolean => {
    const next = moments.find(({ lane, atMs }) => lane === moment.lane && atMs > moment.atMs)?.atMs;
    return ((next ?? innerWidth(size) / pixelsPerMs) - moment.atMs) * pixelsPerMs >= labelWidth(moment.words, size);
  };
  return [
    ...tones.map((tone) =>
      scattered(
        moments.filter((moment) => moment.tone === tone),
        { x, y: (moment) => moment.lane, glyph: 'tick', className: `moment-mark ${tone}` },
      ),
    ),
    text(moments.filter(hasRoom), { x, y: 'lane', text: 'words', textAnchor: 'start', dx: 6, className: 'says' }),
  ];
};

const writeMarks = (writes: readonly WriteEvent[]): Markish[] => {
  const forms = { acknowledged: 'dot', unknown: 'ring', failed: 'cross' } as const;
  return (['acknowledged', 'unknown', 'failed'] as const).map((result) =>
    scattered(
      writes.filter((each) => each.result === result),
      {
        x: ({ atMs }) => seconds(atMs),
        y: () => 'writes',
        glyph: forms[result],
        className: `write ${result}`,
        ...(result === 'acknowledged' ? { onceIn: 2 } : {}),
      },
    ),
  );
};
