import type { History } from '../model/history.js';
import { absence } from './explanations.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
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
