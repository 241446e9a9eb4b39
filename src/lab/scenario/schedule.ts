import type { Remark } from '../../model/problem.js';
import { type FaultKind, faultKindRow, firstHolder, firstStandby, type ScenarioFault } from '../../model/scenario.js';
import { expectedIn } from '../../plan/expectation.js';
import { msOf } from './formulas.js';
import type { ScenarioRule, ScenarioSubject } from './scenario-rule.js';
import { machinesIn, machinesOf, targetIn } from './targets.js';

/** A fault that lasts, with its place in the file. */
interface Lasting {
  readonly index: number;
  readonly fault: ScenarioFault;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Those whose beginning and end the clock says; what waits for something is the conditions' to judge. */
const lastingFaults = ({ scenario, timers }: ScenarioSubject): readonly Lasting[] =>
  scenario.faults.flatMap((fault, index): Lasting[] => {
    const [fromMs, forMs] = [msOf(fault.at, timers), msOf(fault.for, timers)];
    const waits = fault.when !== undefined || fault.until !== undefined;
    if (faultKindRow(fault.fault).momentary || waits || fromMs === undefined || forMs === undefined) return [];
    return [{ index, fault, fromMs, toMs: fromMs + forMs }];
  });

const whole = (ms: number): string => `${Math.round(ms).toLocaleString('en-US')} ms`;

/**
 * A fault that is healed before the bound is reached proves nothing: the healing may have ended the outage. Where the
 * outage is expected, or must only end soon after the healing, that is what the scenario is about.
 */
const faultOutlastsBound: ScenarioRule = {
  reads: ['faults', 'expect'],
  check: (subject) => {
    const lasting = lastingFaults(subject);
    const longest = lasting.reduce<Lasting | undefined>(
      (one, other) => (one && length(one) >= length(other) ? one : other),
      undefined,
    );
    const lastMs = lasting.reduce((sum, each) => sum + length(each), 0);
    const tooLong = bounds(subject).find(({ boundMs }) => lastMs <= boundMs);
    if (subject.scenario.faults.some(({ when, until }) => when ?? until)) return [];
    if (longest === undefined || tooLong === undefined) return [];
    const { part, boundMs } = tooLong;
    return [
      {
        path: ['faults', longest.index, 'for'],
        message: `${lasting.length === 1 ? 'the fault is healed' : 'all faults together are healed'} after ${whole(lastMs)}, before an outage of ${whole(boundMs)} could be seen`,
        hint: `let it last longer than expect.${part}.outageAtMost.`,
      },
    ];
  },
};

const length = ({ fromMs, toMs }: Lasting): number => toMs - fromMs;

const bounds = ({ scenario, lab, timers }: ScenarioSubject) =>
  (['site', 'static', 'dynamic'] as const).flatMap((part) => {
    const { outageAtMost, outage, backWithin } = expectedIn(scenario, machinesIn({ lab }))[part] ?? {};
    const endedByHealing = outage !== undefined || backWithin !== undefined;
    const boundMs = endedByHealing ? undefined : msOf(outageAtMost, timers);
    return boundMs === undefined ? [] : [{ part, boundMs }];
  });

/** The machines of a target that are the same at all times; vip-holder and vip-standby may be others a moment later. */
export const machinesAlways = (target: string, subject: ScenarioSubject): readonly string[] => {
  if (target === firstHolder || target === firstStandby) return [target];
  const read = targetIn(target, subject);
  const moving =
    read === undefined || read.kind === 'vip' || read.kind === 'turn' || (read.kind === 'role' && read.which === 'any');
  return moving ? [] : machinesOf(target, subject);
};

/** The same where it is one machine. */
export const machineOf = (target: string, subject: ScenarioSubject): string | undefined => {
  const [only, ...others] = machinesAlways(target, subject);
  return others.length === 0 ? only : undefined;
};

const meet = (one: Lasting, other: Lasting, subject: ScenarioSubject): boolean => {
  const overlap = one.fromMs < other.toMs && other.fromMs < one.toMs;
  const hit = machinesAlways(other.fault.target, subject);
  const together = one.fault.target === other.fault.target && one.fromMs === other.fromMs;
  return overlap && (together || machinesAlways(one.fault.target, subject).some((machine) => hit.includes(machine)));
};

/** Undoing the one would undo the other, too. */
const alike = ({ fault: one }: Lasting, { fault: other }: Lasting): boolean =>
  one.fault === other.fault && one.service === other.service;

const noFaultTwiceAtOnce: ScenarioRule = {
  reads: ['faults'],
  check: (subject) => {
    const all = lastingFaults(subject);
    return all.flatMap((late, place): Remark[] => {
      const early = all.slice(0, place).find((other) => alike(other, late) && meet(other, late, subject));
      if (early === undefined) return [];
      return [
        {
          path: ['faults', late.index, 'fault'],
          message: `${late.fault.fault} is done to ${late.fault.target} while faults[${early.index}] is doing it already`,
          hint: `the healing of one would heal both: let it begin at ${whole(early.toMs)} or later.`,
        },
      ];
    });
  },
};

/** Why nothing can be done to a machine meanwhile, and when that is over. */
const stillWords: Readonly<
  Partial<Record<FaultKind, { readonly why: string; readonly did: string; readonly over: string }>>
> = {
  'power-cut': { why: 'has no power', did: 'cut it', over: 'the power is back' },
  'machine-paused': { why: 'stands still', did: 'paused it', over: 'it goes on' },
};

/** What can't be done to a machine on which nothing runs; the same fault once more is the rule above. */
const somethingRuns: ScenarioRule = {
  reads: ['faults'],
  check: (subject) => {
    const stills = lastingFaults(subject).filter(({ fault }) => faultKindRow(fault.fault).still);
    return subject.scenario.faults.flatMap((fault, index): Remark[] => {
      const fromMs = msOf(fault.at, subject.timers);
      const machines = machinesAlways(fault.target, subject);
      if (fromMs === undefined || fault.when !== undefined) return [];
      const still = stills.find(
        (one) =>
          one.fault.fault !== fault.fault &&
          machinesAlways(one.fault.target, subject).some((machine) => machines.includes(machine)) &&
          one.fromMs <= fromMs &&
          fromMs < one.toMs,
      );
      const words = still && stillWords[still.fault.fault];
      if (still === undefined || words === undefined) return [];
      return [
        {
          path: ['faults', index, 'at'],
          message: `${fault.target} ${words.why} at that time: faults[${still.index}] ${words.did}`,
          hint: `${words.over} after ${whole(still.toMs)}.`,
        },
      ];
    });
  },
};

/** Power that is cut takes with it what was to be undone; a pause only keeps it. */
const undoneAwake: ScenarioRule = {
  reads: ['faults'],
  check: (subject) => {
    const all = lastingFaults(subject);
    const pauses = all.filter(({ fault }) => fault.fault === 'machine-paused');
    return all.flatMap(({ index, fault, toMs }): Remark[] => {
      const machines = machinesAlways(fault.target, subject);
      const pause = pauses.find(
        (one) =>
          machinesAlways(one.fault.target, subject).some((machine) => machines.includes(machine)) &&
          one.fromMs < toMs &&
          toMs < one.toMs,
      );
      if (pause === undefined) return [];
      return [
        {
          path: ['faults', index, 'for'],
          message: `${fault.fault} can't be undone while ${fault.target} stands still: faults[${pause.index}] paused it`,
          hint: `it goes on after ${whole(pause.toMs)}.`,
        },
      ];
    });
  },
};

export const scheduleRules: readonly ScenarioRule[] = [
  faultOutlastsBound,
  noFaultTwiceAtOnce,
  somethingRuns,
  undoneAwake,
];
