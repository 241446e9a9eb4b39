import type { History, HistoryEvent } from '../model/history.js';
import { faultKindRow } from '../model/scenario.js';
import type { Phases } from '../model/verdict.js';
import { isBad, probesOf, runOf } from './outages.js';
import { type Spell, spells } from './spells.js';
import { tenures } from './vip-holders.js';

/** From the first fault on until its undoing, or the next fault, can begin a failover of its own. */
interface Scope {
  readonly spell: Spell;
  readonly untilMs: number;
  /** Who held the VIP, alone, when the fault was made. */
  readonly oldHolder: string;
}

const scopeOf = (history: History): Scope | undefined => {
  const [spell, next] = spells(history);
  if (spell === undefined) return undefined;
  const before = tenures(history).findLast((each) => each.fromMs <= spell.fault.atMs);
  const [oldHolder] = before?.holders.length === 1 ? before.holders : [];
  if (oldHolder === undefined) return undefined;
  const { momentary } = faultKindRow(spell.fault.fault);
  const undoMs = momentary ? undefined : spell.undoBegunMs;
  return {
    spell,
    untilMs: Math.min(undoMs ?? Number.POSITIVE_INFINITY, next?.fault.atMs ?? Number.POSITIVE_INFINITY),
    oldHolder,
  };
};

/** A machine without power, or a paused one, gives nothing up: that its observer falls silent is no sign that anybody noticed. */
const isSign = (event: HistoryEvent, { oldHolder, spell: { fault } }: Scope): boolean => {
  const gone = faultKindRow(fault.fault).still === true && fault.machine === oldHolder;
  if (event.type === 'vip')
    return (!gone && !event.holders.includes(oldHolder)) || event.holders.some((holder) => holder !== oldHolder);
  if (event.type !== 'vrrp') return false;
  return event.machine === oldHolder ? !gone && event.state !== 'master' : event.state === 'master';
};

/** When the new holder's first good answer was there. */
const firstAnswerMs = (history: History, newHolder: string, fromMs: number): number => {
  const limitMs = runOf(history)?.limitMs ?? 0;
  const answers = probesOf(history)
    .filter((probe) => probe.atMs >= fromMs && probe.via?.loadBalancer === newHolder && !isBad(probe, limitMs))
    .map((probe) => probe.atMs + probe.latencyMs);
  return Math.min(...answers);
};

/** Observers may pass one another: what seems to come before the last phase took no time. */
const spent = <K extends keyof Phases>(name: K, fromMs: number, toMs: number | undefined): Phases =>
  toMs === undefined || !Number.isFinite(toMs) ? {} : { [name]: Math.max(0, toMs - fromMs) };

/** What share of the first fault's failover each part took; empty where the VIP did not move. */
export const phasesOf = (history: History): Phases => {
  const scope = scopeOf(history);
  if (scope === undefined) return {};
  const { spell, untilMs, oldHolder } = scope;
  const faultMs = spell.fault.atMs;
  const meanwhile = history.filter((event) => event.atMs >= faultMs && event.atMs < untilMs);
  const taken = meanwhile.find((event) => event.type === 'vip' && event.holders.some((holder) => holder !== oldHolder));
  if (taken?.type !== 'vip') return {};
  const newHolder = taken.holders.find((holder) => holder !== oldHolder) ?? '';
  const noticedMs = meanwhile.find((event) => isSign(event, scope))?.atMs ?? taken.atMs;
  const heard = meanwhile.find((event) => event.type === 'arp' && event.machine === newHolder);
  const heardMs = Math.max(taken.atMs, heard?.atMs ?? taken.atMs);
  return {
    ...spent('detectionMs', faultMs, noticedMs),
    ...spent('electionMs', noticedMs, taken.atMs),
    ...spent('arpMs', taken.atMs, heard?.atMs),
    ...spent('firstAnswerMs', heardMs, firstAnswerMs(history, newHolder, faultMs)),
  };
};
