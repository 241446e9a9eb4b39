import type { FaultEvent, HealEvent, History } from '../model/history.js';
import { faultKindRow } from '../model/scenario.js';

/** A fault from its making to its undoing. */
export interface Spell {
  readonly fault: FaultEvent;
  /** When the provider had made it. */
  readonly madeMs: number;
  /** When its undoing began, and when it was done; absent for a fault that nobody undid. */
  readonly undoBegunMs?: number;
  readonly undoneMs?: number;
}

export const faultsOf = (history: History): FaultEvent[] => history.filter((event) => event.type === 'fault');

const undoes = (heal: HealEvent, fault: FaultEvent): boolean =>
  heal.machine === fault.machine &&
  heal.fault === fault.fault &&
  heal.service === fault.service &&
  heal.atMs >= fault.atMs;

/** What is momentary is over as soon as it is made. */
const undoing = (history: History, fault: FaultEvent, madeMs: number): Pick<Spell, 'undoBegunMs' | 'undoneMs'> => {
  const heal = history.find((event): event is HealEvent => event.type === 'heal' && undoes(event, fault));
  if (heal !== undefined) return { undoBegunMs: heal.atMs, undoneMs: heal.atMs + heal.tookMs };
  return faultKindRow(fault.fault).momentary ? { undoBegunMs: madeMs, undoneMs: madeMs } : {};
};

/** Every fault of a run, in order. */
export const spells = (history: History): Spell[] =>
  faultsOf(history).map((fault) => {
    const madeMs = fault.atMs + fault.tookMs;
    return { fault, madeMs, ...undoing(history, fault, madeMs) };
  });

/** When every fault was undone, counted to the end of the undoing; undefined where one never was, or none was made. */
export const allUndoneMs = (history: History): number | undefined => {
  const ends = spells(history).map((spell) => spell.undoneMs);
  return ends.length === 0 || ends.includes(undefined) ? undefined : Math.max(...ends.map((end) => end ?? 0));
};

/** When the first fault began to be made; 0 where none was. */
export const firstFaultMs = (history: History): number => faultsOf(history)[0]?.atMs ?? 0;

export const endedMs = (history: History): number | undefined =>
  history.find((event) => event.type === 'run-ended')?.atMs;
