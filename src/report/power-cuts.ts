import { outages, totalMs, writeOutages } from '../check/outages.js';
import { judgeRecord } from '../check/record.js';
import { ofPart } from '../check/site-view.js';
import type { History, VerificationRecord } from '../model/history.js';
import type { Finding, Outcome } from '../model/verdict.js';
import { machineCut } from '../plan/power-cuts.js';
import { runsByScenario, startOf } from './runs.js';

/** How long something was away with one of a lab's machines, in milliseconds: the longest of all runs. */
export interface Away {
  readonly pagesMs: number;
  readonly dynamicMs: number;
  readonly writesMs: number;
}

/** What a lab lost with the power of one of its machines. */
export interface PowerCut {
  readonly machine: string;
  readonly roles: readonly string[];
  readonly outcome: Outcome;
  /** Why, where it is not a pass. */
  readonly detail: string;
  /** How often its power was cut. */
  readonly runs: number;
  /** Absent where it could not be found out. */
  readonly away?: Away;
  /** Writes that had been acknowledged and were not there afterwards; absent where that is not known. */
  readonly writesLost?: number;
}

export interface PowerCuts {
  readonly lab: string;
  readonly provider: string;
  readonly points: readonly PowerCut[];
}

/** What the power cuts in a record came to, machine by machine in the order of the lab; undefined where it has none. */
export const powerCutsIn = (record: VerificationRecord): PowerCuts | undefined => {
  const plan = startOf(record)?.plan;
  if (plan === undefined) return undefined;
  const played = runsByScenario(record);
  const { findings } = judgeRecord(record);
  const points = plan.machines.flatMap(({ name, roles }): PowerCut[] => {
    const finding = findings.find((each) => machineCut(each) === name);
    if (finding === undefined) return [];
    const runs = played.get(finding.id) ?? [];
    return [
      {
        machine: name,
        roles,
        runs: runs.length,
        ...found(
          finding,
          runs.map(({ history }) => history),
        ),
      },
    ];
  });
  return points.length === 0 ? undefined : { lab: plan.name, provider: plan.provider, points };
};

const found = ({ outcome, detail, measures = [] }: Finding, histories: readonly History[]) => {
  const writesLost = measures.find(({ name }) => name === 'writes lost')?.value;
  const isKnown = outcome === 'pass' || outcome === 'fail';
  return {
    outcome,
    detail,
    ...(isKnown && histories.length > 0 ? { away: longest(histories.map(awayIn)) } : {}),
    ...(isKnown && writesLost !== undefined ? { writesLost } : {}),
  };
};

/** Whoever waits for longer thinks that the site is gone, whatever a lab allows its answers: the same for all labs, in milliseconds. */
export const awayAfterMs = 500;

const awayIn = (history: History): Away => {
  const judged = history.map((event) =>
    event.type === 'run-started' ? { ...event, limitMs: Math.min(event.limitMs, awayAfterMs) } : event,
  );
  return {
    pagesMs: totalMs(outages(ofPart(judged, 'static'))),
    dynamicMs: totalMs(outages(ofPart(judged, 'dynamic'))),
    writesMs: totalMs(writeOutages(judged)),
  };
};

const longest = (all: readonly Away[]): Away => ({
  pagesMs: Math.max(...all.map(({ pagesMs }) => pagesMs)),
  dynamicMs: Math.max(...all.map(({ dynamicMs }) => dynamicMs)),
  writesMs: Math.max(...all.map(({ writesMs }) => writesMs)),
});
