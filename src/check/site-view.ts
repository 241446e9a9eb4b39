import type { History, ProbeEvent } from '../model/history.js';
import type { ScheduledSite, SitePart } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import type { Judgement } from './judgement.js';
import { type Outage, outages, probesOf, runOf } from './outages.js';

/** One part of the site, or all of it, as its probes saw it. */
export interface SiteView {
  /** Stands before `outage` and `requests` where one part is meant: `static `; else empty. */
  readonly label: string;
  /** The history with the probes of that part alone. */
  readonly history: History;
  readonly probes: readonly ProbeEvent[];
  readonly limitMs: number;
  readonly expected: ScheduledSite;
  /** The outages when what was sent late counts as good, and when it counts as bad: the truth lies between. */
  readonly least: readonly Outage[];
  readonly most: readonly Outage[];
}

/** One statement about a part of the site; undefined where nothing of the kind is expected. */
export type SiteRule = (view: SiteView) => Judgement | undefined;

/** A history with the probes of one part of the site alone. */
export const ofPart = (history: History, part: SitePart): History =>
  history.filter((event) => event.type !== 'probe' || event.part === part);

export const viewOf = (whole: History, of: SitePart | 'site', expected: ScheduledSite): SiteView => {
  const history = of === 'site' ? whole : ofPart(whole, of);
  return {
    label: of === 'site' ? '' : `${of} `,
    history,
    probes: probesOf(history),
    limitMs: runOf(history)?.limitMs ?? 0,
    expected,
    least: outages(history, 'good'),
    most: outages(history, 'bad'),
  };
};

/** What a measure is held to, where it is held to anything. */
export const held = (atMost: number | undefined): Pick<Measure, 'atMost'> => (atMost === undefined ? {} : { atMost });
