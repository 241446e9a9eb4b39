import { axisX, barX, dodgeY, dot, gridX, ruleX, text } from '@observablehq/plot';
import { ms } from '../../check/words.js';
import type { Distribution } from '../../model/verdict.js';
import type { FailoverPart } from '../failover-parts.js';
import type { Markup } from '../html/markup.js';
import { type ChartSize, drawn, inBothSizes, innerWidth, textWidth } from './chart.js';

/** Every repetition's outage as a dot, beside the bound, and below it the parts of a typical one. */
export const distributionPicture = (
  id: string,
  title: string,
  distribution: Distribution | undefined,
  parts: readonly FailoverPart[],
  outagesMs: readonly number[],
): Markup[] => {
  const description = `${told(distribution)}${parts.map(({ name, ms: value }) => `${name} ${ms(value)}`).join(', ')}`;
  return inBothSizes({ id, title: `Distribution of the outages: ${title}`, description }, (size) => [
    ...(distribution === undefined ? [] : [stripDrawing(distribution, outagesMs, size)]),
    ...(parts.length > 0 ? [phasesDrawing(parts, size)] : []),
  ]);
};

const told = (distribution: Distribution | undefined): string => {
  if (distribution === undefined) return '';
  const { runs, minMs, medianMs, p95Ms, maxMs, boundMs } = distribution;
  const bound = boundMs === undefined ? '' : `; at most ${ms(boundMs)} is allowed`;
  return `Outages of ${runs} runs: shortest ${ms(minMs)}, median ${ms(medianMs)}, 95th percentile ${ms(p95Ms)}, longest ${ms(maxMs)}${bound}. `;
};

const stripDrawing = (distribution: Distribution, outagesMs: readonly number[], size: ChartSize): Element => {
  const { medianMs, p95Ms, boundMs } = distribution;
  const mostMs = Math.max(boundMs ?? 0, ...outagesMs) * 1.06 || 1;
  const anchor = (atMs: number): 'start' | 'end' => (atMs > mostMs / 2 ? 'end' : 'start');
  const quantiles = [
    { atMs: medianMs, words: 'median' },
    ...(distribution.runs >= 20 ? [{ atMs: p95Ms, words: 'p95' }] : []),
  ];
  return drawn(size, {
    height: 118,
    marginTop: 30,
    marginBottom: 28,
    x: { domain: [0, mostMs], axis: null },
    y: { axis: null },
    marks: [
      gridX({ className: 'grid', ticks: size.name === 'wide' ? 8 : 3 }),
      ...(boundMs === undefined
        ? []
        : [
            ruleX([boundMs], { className: 'bound' }),
            text([`bound ${ms(boundMs)}`], {
              x: () => boundMs,
              frameAnchor: 'top',
              dy: -22,
              dx: anchor(boundMs) === 'end' ? 6 : -6,
              textAnchor: anchor(boundMs),
              className: 'bound-words',
            }),
          ]),
      ruleX(quantiles, { x: 'atMs', className: 'quantile' }),
      text(quantiles, { x: 'atMs', text: 'words', frameAnchor: 'top', dy: -8, className: 'quantile-words' }),
      dot([...outagesMs], dodgeY({ x: (value: number) => value, r: 4.5, anchor: 'middle', className: 'run' })),
      axisX({
        ticks: size.name === 'wide' ? 8 : 3,
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (tick: number) => ms(tick),
      }),
      text(['outages'], { frameAnchor: 'left', textAnchor: 'end', dx: -10, className: 'lane-name' }),
    ],
  });
};

const phasesDrawing = (phases: readonly FailoverPart[], size: ChartSize): Element => {
  let fromMs = 0;
  const stacked = phases.map((phase, index) => {
    const start = fromMs;
    fromMs += phase.ms;
    return { ...phase, start, end: fromMs, index };
  });
  const pixelsPerMs = innerWidth(size) / Math.max(1, fromMs);
  const words = ({ name, percent }: FailoverPart): string => `${name} ${Math.round(percent)} %`;
  return drawn(size, {
    height: 40,
    marginTop: 6,
    marginBottom: 6,
    x: { domain: [0, Math.max(1, fromMs)], axis: null },
    y: { axis: null, padding: 0 },
    marks: [
      ...stacked.map((phase) =>
        barX([phase], {
          x1: 'start',
          x2: 'end',
          y: () => '',
          insetRight: 1,
          rx: 2,
          className: `phase phase-${phase.index}`,
        }),
      ),
      text(
        stacked.filter((phase) => (phase.end - phase.start) * pixelsPerMs > textWidth(words(phase), size) + 12),
        { x: 'start', y: () => '', text: words, textAnchor: 'start', dx: 8, className: 'says strong' },
      ),
      text(['parts'], { frameAnchor: 'left', textAnchor: 'end', dx: -10, className: 'lane-name' }),
    ],
  });
};
