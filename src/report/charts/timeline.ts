import { isBad, lengthMs, outages, probesOf, runOf } from '../../check/outages.js';
import { counted, ms } from '../../check/words.js';
import type { History } from '../../model/history.js';
import type { Markup } from '../html/markup.js';
import { inBothSizes } from './chart.js';
import { lanesDrawing } from './lanes.js';
import { latencyDrawing } from './latency.js';
import { overviewDrawing } from './overview.js';
import { faultSpans, type Span, type ToneOf, vipSpans } from './spans.js';
import { endOf, lastedMs, type Stretch } from './window.js';

/**
 * One run as a picture: each probe by its latency, the outages, the faults, who held the VIP, what keepalived said. Where
 * only a part of the run is shown, the whole of it stands above as a strip.
 */
export const timeline = (id: string, title: string, history: History, shown: Stretch, toneOf: ToneOf): Markup[] =>
  inBothSizes({ id, title: `Timeline: ${title}`, description: told(history, toneOf) }, (size) => [
    ...(isWhole(shown, history) ? [] : [overviewDrawing(history, shown, toneOf, size)]),
    latencyDrawing(history, shown, toneOf, size),
    lanesDrawing(history, shown, toneOf, size),
  ]);

export const isWhole = (shown: Stretch, history: History): boolean => lastedMs(shown) === endOf(history);

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
