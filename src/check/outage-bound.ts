import type { FaultEvent, History } from '../model/history.js';
import type { Measure } from '../model/verdict.js';
import { type Judgement, unknown } from './judgement.js';
import { isBad, isLate, lengthMs, longestMs, outages, probesOf, runOf, totalMs } from './outages.js';
import { percentile, proberDoubts } from './prober-trust.js';

const ms = (value: number): string => `${Math.round(value).toLocaleString('en-US')} ms`;

/**
 * Judges whether the site was away no longer, all outages together, than the bound, and whether that was measured at all.
 * Without a bound any outage passes, as long as it was seen to end.
 */
export const judgeOutage = (history: History, boundMs?: number): Judgement => {
  const measures = outageMeasures(history, boundMs);
  const doubts = proberDoubts(history);
  if (doubts.length > 0) return { ...unknown(`the outage was not measured: ${doubts[0]}`, doubts), measures };
  const faults = history.filter((event) => event.type === 'fault');
  if (faults.length === 0) return { ...unknown('no fault was made'), measures };
  if (brokenBefore(history, faults)) return { ...unknown('the site failed before the fault was made'), measures };
  return { ...compared(history, boundMs), evidence: outageLines(history), measures };
};

const compared = (history: History, bound: number | undefined): Pick<Judgement, 'outcome' | 'detail'> => {
  const least = outages(history, 'good');
  const most = outages(history, 'bad');
  const boundMs = bound ?? Number.POSITIVE_INFINITY;
  const seen = bound === undefined ? ms(totalMs(most)) : `${ms(totalMs(most))} of at most ${ms(bound)}`;
  if (totalMs(least) > boundMs) return { outcome: 'fail', detail: `outage ${seen}` };
  if (most.some((outage) => outage.open))
    return { outcome: 'unknown', detail: 'the run ended before the site was back' };
  if (totalMs(most) > boundMs) {
    const range = `between ${ms(totalMs(least))} and ${ms(totalMs(most))}`;
    return { outcome: 'unknown', detail: `this computer was too busy to measure: the outage lasted ${range}` };
  }
  return { outcome: 'pass', detail: totalMs(most) === 0 ? 'no outage' : `outage ${seen}` };
};

/** A probe in flight when the fault is made may fail although it was due before; one due a whole limit earlier may not. */
const brokenBefore = (history: History, faults: readonly FaultEvent[]): boolean => {
  const limitMs = runOf(history)?.limitMs ?? 0;
  const firstMs = Math.min(...faults.map((fault) => fault.atMs));
  return probesOf(history).some((probe) => probe.atMs < firstMs - limitMs && !isLate(probe) && isBad(probe, limitMs));
};

const outageLines = (history: History): string[] =>
  outages(history).map(
    (outage) =>
      `outage from ${ms(outage.fromMs)} to ${outage.open ? 'the end' : ms(outage.toMs)}: ${ms(lengthMs(outage))}`,
  );

const outageMeasures = (history: History, boundMs: number | undefined): Measure[] => {
  const limitMs = runOf(history)?.limitMs ?? 0;
  const probes = probesOf(history);
  const found = outages(history);
  const latenessMs = percentile(
    probes.map((probe) => probe.latenessMs),
    0.99,
  );
  return [
    { name: 'outage', value: totalMs(found), unit: 'ms', ...(boundMs === undefined ? {} : { atMost: boundMs }) },
    { name: 'outage at least', value: totalMs(outages(history, 'good')), unit: 'ms' },
    { name: 'longest outage', value: longestMs(found), unit: 'ms' },
    { name: 'failed', value: probes.filter((probe) => isBad(probe, limitMs)).length, unit: 'requests' },
    { name: 'sent', value: probes.length, unit: 'requests' },
    { name: 'sent late', value: probes.filter(isLate).length, unit: 'requests' },
    { name: 'prober lateness p99', value: latenessMs, unit: 'ms' },
  ];
};
