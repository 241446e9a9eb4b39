import type { AlertEvent, History } from '../model/history.js';
import type { ScheduledAlert } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { absence, excess, mishap } from './explanations.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { endedMs, firstFaultMs, type Spell, spells } from './spells.js';
import { together } from './together.js';
import { ms } from './words.js';

const alertsOf = (history: History): AlertEvent[] => history.filter((event) => event.type === 'alert');

const shown = ({ name, machine, about }: AlertEvent): string =>
  `${name} for ${machine}${about === undefined ? '' : ` (${about})`}`;

const line = (event: AlertEvent): string =>
  `${shown(event)} ${event.firing ? 'fires' : 'is over'} at ${ms(event.atMs)}`;

/** Nobody may be woken before anything is broken. */
const judgeBefore = (history: History): Judgement | undefined => {
  const fromMs = firstFaultMs(history);
  const [early] = alertsOf(history).filter(({ atMs, firing }) => firing && atMs < fromMs);
  if (early === undefined) return undefined;
  return fail(`${shown(early)} fired though nothing was broken`, [line(early)], [mishap(early.atMs)]);
};

/** The machine that was hit is named in time, and it is told that it is over. */
const judgeOne = (history: History, { fault, undoneMs }: Spell, expected: ScheduledAlert): Judgement => {
  const { name, withinMs, resolvedWithinMs } = expected;
  const own = alertsOf(history).filter((event) => event.name === name && event.machine === fault.machine);
  const told = own.find(({ firing, atMs }) => firing && atMs >= fault.atMs);
  if (told === undefined) {
    const untilMs = endedMs(history) ?? fault.atMs;
    return fail(`${name} never fired for ${fault.machine}`, [], [absence(fault.atMs, untilMs)]);
  }
  const tookMs = told.atMs - fault.atMs;
  const measures: Measure[] = [{ name: 'told after', value: tookMs, unit: 'ms', atMost: withinMs }];
  if (tookMs > withinMs) {
    const why = excess(fault.atMs, told.atMs, tookMs - withinMs);
    const detail = `${name} for ${fault.machine} fired after ${ms(tookMs)}, later than ${ms(withinMs)}`;
    return { ...fail(detail, [line(told)], [why]), measures };
  }
  const passed = pass(`${name} for ${fault.machine} fired after ${ms(tookMs)}`, [line(told)]);
  if (resolvedWithinMs === undefined || undoneMs === undefined) return { ...passed, measures };
  const over = own.filter(({ firing, atMs }) => !firing && atMs >= told.atMs).at(-1);
  if (over === undefined) {
    const untilMs = endedMs(history) ?? undoneMs;
    const detail = `${name} for ${fault.machine} still fired at the end`;
    return { ...fail(detail, [line(told)], [absence(undoneMs, untilMs)]), measures };
  }
  const lastedMs = Math.max(0, over.atMs - undoneMs);
  const resolved: Measure = {
    name: 'told that it is over after',
    value: lastedMs,
    unit: 'ms',
    atMost: resolvedWithinMs,
  };
  const lines = [line(told), line(over)];
  if (lastedMs <= resolvedWithinMs) return { ...pass(passed.detail, lines), measures: [...measures, resolved] };
  const why = excess(undoneMs, over.atMs, lastedMs - resolvedWithinMs);
  const detail = `${name} for ${fault.machine} was over only ${ms(lastedMs)} after the healing, later than ${ms(resolvedWithinMs)}`;
  return { ...fail(detail, lines, [why]), measures: [...measures, resolved] };
};

/** What was not heard, or late, may have been told in time while nobody could listen. */
const orUnheard = (history: History, judged: Judgement): Judgement => {
  const deaf = history.find((event) => event.type === 'note' && event.deafTo === 'alerts');
  if (judged.outcome !== 'fail' || deaf?.type !== 'note') return judged;
  return { ...judged, ...unknown(`${judged.detail}; but ${deaf.text}`, judged.evidence) };
};

/** Nothing happened to a machine that the alert names all the same. */
const judgeOthers = (history: History, { name }: ScheduledAlert): Judgement | undefined => {
  const hit = spells(history).map(({ fault }) => fault.machine);
  const fromMs = firstFaultMs(history);
  const [other] = alertsOf(history).filter(
    (event) => event.name === name && event.firing && event.atMs >= fromMs && !hit.includes(event.machine),
  );
  if (other === undefined) return undefined;
  return fail(`${shown(other)} fired, and nothing happened to it`, [line(other)], [mishap(other.atMs)]);
};

/** Judges what whoever is on call was told; nothing where nobody watches. */
export const judgeAlerts = (history: History, expected: ScheduledAlert | undefined): Judgement | undefined => {
  const judgements = [
    judgeBefore(history),
    ...(expected === undefined
      ? []
      : [
          ...spells(history).map((spell) => orUnheard(history, judgeOne(history, spell, expected))),
          judgeOthers(history, expected),
        ]),
  ].filter((each) => each !== undefined);
  return judgements.length === 0 ? undefined : together(judgements, history);
};
