import type { History } from '../model/history.js';
import { absence } from './explanations.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { isBad, probesOf, runOf } from './outages.js';
import { allUndoneMs, endedMs, spells } from './spells.js';
import { ms } from './words.js';

/** Judges that the lab got well by itself once every fault was undone. */
export const judgeRecovery = (history: History): Judgement => {
  if (allUndoneMs(history) === undefined) return unknown('the fault was never healed');
  const healedMs = Math.max(...spells(history).map((spell) => spell.undoBegunMs ?? 0));
  const well = history.find((event) => event.type === 'well' && event.atMs >= healedMs);
  if (well === undefined) {
    const why = history.flatMap((event) => (event.type === 'note' && event.atMs >= healedMs ? [event.text] : []));
    const givenUpMs = Math.max(healedMs, endedMs(history) ?? 0);
    return fail(
      `the lab did not get well again: ${why.at(-1) ?? 'nobody knows why'}`,
      [],
      [absence(healedMs, givenUpMs)],
    );
  }
  const tookMs = well.atMs - healedMs;
  const measures = [{ name: 'recovery', value: tookMs, unit: 'ms' as const }];
  return { ...pass(`well again ${ms(tookMs)} after the healing`), measures };
};

/**
 * For how long the lab had been well when the run ended, in milliseconds; undefined when it was not, or when since then a visitor
 * noticed something or the VIP moved.
 */
export const wellAtTheEndMs = (history: History): number | undefined => {
  const well = history.findLast(({ type }) => type === 'well');
  const ended = endedMs(history);
  if (well === undefined || ended === undefined) return undefined;
  const limitMs = runOf(history)?.limitMs ?? 0;
  const disturbed =
    history.some(({ type, atMs }) => type === 'vip' && atMs > well.atMs) ||
    probesOf(history).some((probe) => probe.atMs > well.atMs && isBad(probe, limitMs));
  return disturbed ? undefined : ended - well.atMs;
};
