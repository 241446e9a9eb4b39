import { axisX, axisY, gridX, gridY, type Markish, rect, ruleX, ruleY, text } from '@observablehq/plot';
import { isBad, isLate, lengthMs, type Outage, outages, probesOf, runOf } from '../../check/outages.js';
import { ms } from '../../check/words.js';
import type { FaultEvent, History, ProbeEvent } from '../../model/history.js';
import { type ChartSize, drawn, gridTicks, innerWidth, textWidth } from './chart.js';
import { type Glyph, scattered } from './glyphs.js';
import type { Tone, ToneOf } from './spans.js';
import { clipped, isIn, lastedMs, type Stretch } from './window.js';

/** What became of a probe, in the order in which the legend tells it. */
export type Answer = 'good' | 'late' | 'slow' | 'wrong' | 'none';

export const answerOf = (probe: ProbeEvent, limitMs: number): Answer => {
  if (probe.result === 'wrong') return 'wrong';
  if (probe.result !== 'ok') return 'none';
  if (isBad(probe, limitMs)) return 'slow';
  return isLate(probe) ? 'late' : 'good';
};

export const glyphOf: Readonly<Record<Answer, Glyph>> = {
  good: 'dot',
  late: 'ring',
  slow: 'ring',
  wrong: 'diamond',
  none: 'cross',
};

const leastMs = 0.7;
const seconds = (atMs: number): number => atMs / 1000;
const latency = (probe: ProbeEvent): number => Math.max(leastMs, probe.latencyMs);

/** Every probe by when it was due and how long its answer took, with the outages as bands. */
export const latencyDrawing = (history: History, shown: Stretch, toneOf: ToneOf, size: ChartSize): Element => {
  const limitMs = runOf(history)?.limitMs ?? Number.POSITIVE_INFINITY;
  const probes = probesOf(history).filter(isIn(shown));
  const mostMs = Math.max(limitMs === Number.POSITIVE_INFINITY ? 100 : limitMs, ...probes.map(latency)) * 1.35;
  const ticks = [1, 10, 100, 1000, 10_000].filter((tick) => tick <= mostMs);
  return drawn(size, {
    height: size.name === 'wide' ? 232 : 200,
    marginTop: 34,
    marginBottom: 6,
    x: { domain: [seconds(shown.fromMs), seconds(shown.toMs)], axis: null },
    y: { type: 'log', domain: [leastMs, mostMs], axis: null },
    marks: [
      gridY(ticks, { className: 'grid' }),
      gridX({ className: 'grid', ticks: gridTicks(size) }),
      axisY(ticks, { tickFormat: (tick: number) => (tick < 1000 ? `${tick} ms` : `${tick / 1000} s`), tickSize: 0 }),
      ...outageMarks(history, shown, size),
      ...(Number.isFinite(limitMs) ? limitMarks(limitMs) : []),
      text(['latency'], {
        frameAnchor: 'top-left',
        textAnchor: 'end',
        dx: -10,
        dy: -24,
        className: 'axis-name',
      }),
      ruleX(history.filter((event) => event.type === 'fault').filter(isIn(shown)), {
        x: (fault: FaultEvent) => seconds(fault.atMs),
        className: 'moment',
      }),
      ...probeMarks(probes, limitMs, toneOf, size),
    ],
  });
};

/** An outage that reaches beyond the picture still says how long all of it was. */
const outageMarks = (history: History, shown: Stretch, size: ChartSize): Markish[] => {
  const all = outages(history).map((outage) => ({ ...outage, words: words(outage) }));
  const seen = clipped(all, shown);
  const pixelsPerMs = innerWidth(size) / lastedMs(shown);
  const middle = (outage: Labelled): number => {
    const halfMs = textWidth(outage.words, size) / 2 / pixelsPerMs;
    const middleMs = (outage.fromMs + outage.toMs) / 2;
    return seconds(Math.min(shown.toMs - halfMs, Math.max(shown.fromMs + halfMs, middleMs)));
  };
  const places = { x1: (outage: Outage) => seconds(outage.fromMs), x2: (outage: Outage) => seconds(outage.toMs) };
  return [
    rect(seen, { ...places, className: 'outage' }),
    text(labelled(seen, middle, size, pixelsPerMs), {
      x: 'atS',
      text: 'words',
      frameAnchor: 'top',
      dy: -18,
      className: 'outage-words',
    }),
  ];
};

const words = (outage: Outage): string => `${outage.open ? '≥ ' : ''}${ms(lengthMs(outage))}`;

interface Labelled extends Outage {
  readonly words: string;
}

/** The labels that have room beside one another, longest outages first. */
const labelled = (
  all: readonly Labelled[],
  middle: (outage: Labelled) => number,
  size: ChartSize,
  pixelsPerMs: number,
) => {
  const placed: { atS: number; words: string; halfS: number }[] = [];
  for (const outage of [...all].sort((one, other) => lengthMs(other) - lengthMs(one))) {
    const label = {
      atS: middle(outage),
      words: outage.words,
      halfS: seconds((textWidth(outage.words, size) / 2 + 4) / pixelsPerMs),
    };
    if (placed.every((other) => Math.abs(other.atS - label.atS) > other.halfS + label.halfS)) placed.push(label);
  }
  return placed;
};

const limitMarks = (limitMs: number): Markish[] => [
  ruleY([limitMs], { className: 'limit' }),
  text([`limit ${ms(limitMs)}`], {
    y: () => limitMs,
    frameAnchor: 'right',
    dy: 9,
    className: 'limit-words',
  }),
];

/** Good answers, of which there are many, are drawn once where they lie on one another; all others always are. */
const probeMarks = (probes: readonly ProbeEvent[], limitMs: number, toneOf: ToneOf, { dot }: ChartSize): Markish[] => {
  const place = { x: (probe: ProbeEvent) => seconds(probe.atMs), y: latency };
  const of = (answer: Answer) => probes.filter((probe) => answerOf(probe, limitMs) === answer);
  const good = (tone: Tone) =>
    scattered(
      of('good').filter((probe) => toneOf(probe.via?.loadBalancer ?? '') === tone),
      { ...place, glyph: 'dot', className: `probe ${tone}`, onceIn: dot },
    );
  return [
    ...(['other', 'first', 'second'] as const).map(good),
    ...(['late', 'slow', 'wrong', 'none'] as const).map((answer) =>
      scattered(of(answer), { ...place, glyph: glyphOf[answer], className: `probe ${answer}` }),
    ),
  ];
};

/** The axis of time, for the lowest of several drawings. */
export const timeAxis = (size: ChartSize): Markish =>
  axisX({
    ticks: gridTicks(size),
    tickSize: 0,
    tickPadding: 8,
    label: null,
    tickFormat: (tick: number) => `${tick} s`,
  });
