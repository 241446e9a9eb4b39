import type { History } from '../model/history.js';
import type { ScheduledSite, SitePart } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { clearErrors } from './clear-errors.js';
import { expectedOutage } from './expected-outage.js';
import { failedRequests } from './failed-requests.js';
import type { Judgement } from './judgement.js';
import { outageBound } from './outage-bound.js';
import { isBad, isLate, lengthMs, longestMs, totalMs } from './outages.js';
import { notMeasured, percentile } from './prober-trust.js';
import { siteBack } from './site-back.js';
import { held, type SiteRule, type SiteView, viewOf } from './site-view.js';
import { together } from './together.js';
import { ms } from './words.js';

const rules: readonly SiteRule[] = [outageBound, failedRequests, expectedOutage, clearErrors, siteBack];

/** Judges what visitors noticed who asked for one part of the site, or for any of it. */
export const judgeSite = (whole: History, of: SitePart | 'site', expected: ScheduledSite): Judgement => {
  const view = viewOf(whole, of, expected);
  const judgement =
    notMeasured(whole) ??
    together(
      rules.map((rule) => rule(view)),
      whole,
    );
  const measures = [...outageMeasures(view), ...(of === 'site' ? proberMeasures(view) : [])];
  return {
    ...judgement,
    evidence: [...outageLines(view), ...(judgement.evidence ?? [])],
    measures: [...measures, ...(judgement.measures ?? [])],
  };
};

const outageLines = ({ label, most }: SiteView): string[] =>
  most.map(
    (outage) =>
      `${label}outage from ${ms(outage.fromMs)} to ${outage.open ? 'the end' : ms(outage.toMs)}: ${ms(lengthMs(outage))}`,
  );

const outageMeasures = ({ label, probes, limitMs, expected, least, most }: SiteView): Measure[] => [
  { name: `${label}outage`, value: totalMs(most), unit: 'ms', ...held(expected.outageAtMostMs) },
  { name: `${label}outage at least`, value: totalMs(least), unit: 'ms' },
  { name: `longest ${label}outage`, value: longestMs(most), unit: 'ms' },
  {
    name: `${label}failed`,
    value: probes.filter((probe) => isBad(probe, limitMs)).length,
    unit: 'requests',
    ...held(expected.failedAtMost),
  },
  { name: `${label}sent`, value: probes.length, unit: 'requests' },
];

const proberMeasures = ({ probes }: SiteView): Measure[] => {
  const lateness = probes.map((probe) => probe.latenessMs);
  return [
    { name: 'sent late', value: probes.filter(isLate).length, unit: 'requests' },
    { name: 'prober lateness p99', value: percentile(lateness, 0.99), unit: 'ms' },
  ];
};
