import { axisX, axisY, barX, type ChannelValue, dot, type Markish, rect } from '@observablehq/plot';
import { outages } from '../../check/outages.js';
import type { History } from '../../model/history.js';
import { type ChartSize, drawn, gridTicks, innerWidth } from './chart.js';
import { faultSpans, type Span, type Tone, type ToneOf, vipSpans } from './spans.js';
import { endOf, type Stretch } from './window.js';

const laneHeight = 16;
const lanes = ['fault', 'site', 'VIP'];
const beamHeight = 12;
const seconds = (atMs: number): number => atMs / 1000;

/** The whole run as a strip, and which part of it the picture below shows. */
export const overviewDrawing = (history: History, shown: Stretch, toneOf: ToneOf, size: ChartSize): Element => {
  const endMs = endOf(history);
  const leastMs = (2 * endMs) / innerWidth(size);
  const marginTop = 24;
  return drawn(size, {
    height: marginTop + lanes.length * laneHeight + beamHeight,
    marginTop,
    marginBottom: beamHeight,
    x: { domain: [0, seconds(endMs)], axis: null },
    y: { domain: lanes, axis: null, padding: 0.24 },
    marks: [
      axisX({ anchor: 'top', ticks: gridTicks(size), tickSize: 0, tickPadding: 6, label: null, tickFormat: inSeconds }),
      axisY({ tickSize: 0, tickPadding: 10, label: null }),
      ...bars([...faultSpans(history), ...siteSpans(history), ...vipSpans(history, toneOf)], leastMs),
      rect([shown], { x1: ({ fromMs }) => seconds(fromMs), x2: ({ toMs }) => seconds(toMs), className: 'frame' }),
      beam(shown),
    ],
  });
};

const inSeconds = (tick: number): string => `${tick} s`;

/** When visitors were answered well, and when they were not. */
const siteSpans = (history: History): Span[] => [
  { lane: 'site', fromMs: 0, toMs: endOf(history), words: '', tone: 'quiet' },
  ...outages(history).map(({ fromMs, toMs }) => ({ lane: 'site', fromMs, toMs, words: '', tone: 'bad' as const })),
];

const bars = (spans: readonly Span[], leastMs: number): Markish[] => {
  const tones: Tone[] = [...new Set(spans.map(({ tone }) => tone))];
  return tones.map((tone) =>
    barX(
      spans.filter((span) => span.tone === tone),
      {
        x1: ({ fromMs }: Span) => seconds(fromMs),
        x2: ({ fromMs, toMs }: Span) => seconds(Math.max(toMs, fromMs + leastMs)),
        y: 'lane',
        className: `span ${tone}${tone === 'quiet' ? '' : ' strong'}`,
      },
    ),
  );
};

/** From the frame in the strip to the whole width of the picture below. */
const beam = ({ fromMs, toMs }: Stretch): Markish =>
  dot([fromMs, toMs], {
    x: seconds as ChannelValue,
    render: (_index, _scales, { x: edges }, { width, height, marginLeft, marginRight, marginBottom }, { document }) => {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      const [fromX = 0, toX = 0] = [...(edges ?? [])];
      const top = height - marginBottom;
      path.setAttribute('class', 'beam');
      path.setAttribute('d', `M${marginLeft} ${height}L${fromX} ${top}H${toX}L${width - marginRight} ${height}`);
      return path;
    },
  });
