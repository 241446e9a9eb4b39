import { isBad, lengthMs, outages, probesOf, runOf } from '../../check/outages.js';
import { counted, ms } from '../../check/words.js';
import type { History } from '../../model/history.js';
import type { Markup } from '../html/markup.js';
import { inBothSizes } from './chart.js';
import { lanesDrawing } from './lanes.js';
import { latencyDrawing } from './latency.js';
import { endOf, faultSpans, type Span, type ToneOf, vipSpans } from './spans.js';

/** One run as a picture: each probe by its latency, the outages, the faults, who held the VIP, what keepalived said. */
export const timeline = (id: string, title: string, history: History, toneOf: ToneOf): Markup[] =>
  inBothSizes({ id, title: `Timeline: ${title}`, description: told(history, toneOf) }, (size) => [
    latencyDrawing(history, toneOf, size),
    lanesDrawing(history, toneOf, size),
  ]);

/** What the picture shows, for those who can't see it. */
const told = (history: History, toneOf: ToneOf): string => {
  const limitMs = runOf(history)?.limitMs ?? Number.POSITIVE_INFINITY;
  const probes = probesOf(history);
  const failed = probes.filter((probe) => isBad(probe, limitMs)).length;
  const stretch = ({ words, fromMs, toMs }: Span): string => `${words} from ${ms(fromMs)} to ${ms(toMs)}`;
  const away = outages(history).map((outage) => `${ms(lengthMs(outage))} from ${ms(outage.fromMs)}`);
  return [
    `${counted(probes.length, 'request')} in ${ms(endOf(history))}, ${failed} of them failed.`,
    `Faults: ${faultSpans(history).map(stretch).join('; ') || 'none'}.`,
    `Outages: ${away.join('; ') || 'none'}.`,
    `Holder of the VIP: ${vipSpans(history, toneOf).map(stretch).join('; ') || 'not known'}.`,
  ].join(' ');
};
