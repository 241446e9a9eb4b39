import type { History, WaitedEvent } from '../model/history.js';
import type { ScheduledScenario, ScheduledSite } from '../model/scenario.js';
import { absence } from './explanations.js';
import { type Judgement, unknown } from './judgement.js';
import { ms } from './words.js';

type Expect = ScheduledScenario['expect'];

const inVain = (history: History): WaitedEvent[] =>
  history.filter((event): event is WaitedEvent => event.type === 'waited' && event.missing !== undefined);

/** A step that waited in vain: the scenario was not played to its end, and what it would have shown is not known. */
export const judgeWaiting = (history: History): Judgement | undefined => {
  const [first] = inVain(history);
  if (first === undefined) return undefined;
  const { atMs, tookMs } = first;
  const detail = `waited ${ms(tookMs)} in vain until ${first.for}: still missing is ${first.missing}`;
  return unknown(detail, [], [absence(atMs, atMs + tookMs)]);
};

const anyOutage = (site: ScheduledSite): ScheduledSite => ({ ...site, outageExpected: false });

/** What can still be held against a run: all that is expected, but what only the steps that were left out bring about. */
export const expectedOf = (history: History, { site, static: pages, dynamic, vip, ...rest }: Expect): Expect => {
  if (inVain(history).length === 0) return { ...rest, ...given({ site, static: pages, dynamic, vip }) };
  const { moves: _, ...holders } = vip ?? {};
  return {
    ...rest,
    ...given({
      site: site && anyOutage(site),
      static: pages && anyOutage(pages),
      dynamic: dynamic && anyOutage(dynamic),
      vip: vip && { heldByOne: false, ...holders, splitExpected: false },
    }),
  };
};

const given = (
  parts: {
    readonly [Part in 'site' | 'static' | 'dynamic' | 'vip']: Expect[Part] | undefined;
  },
): Pick<Expect, 'site' | 'static' | 'dynamic' | 'vip'> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
