import type { History } from '../model/history.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';

/** Judges that the lab got well by itself once the fault was undone. */
export const judgeRecovery = (history: History): Judgement => {
  const healed = history.findLast((event) => event.type === 'heal');
  if (healed === undefined) return unknown('the fault was never healed');
  const well = history.find((event) => event.type === 'well' && event.atMs >= healed.atMs);
  if (well === undefined) {
    const why = history.flatMap((event) => (event.type === 'note' && event.atMs >= healed.atMs ? [event.text] : []));
    return fail(`the lab did not get well again: ${why.at(-1) ?? 'nobody knows why'}`);
  }
  const tookMs = well.atMs - healed.atMs;
  const measures = [{ name: 'recovery', value: tookMs, unit: 'ms' as const }];
  return { ...pass(`well again ${Math.round(tookMs)} ms after the healing`), measures };
};
