import type { History, ReadEvent } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { fail, figures, type Judgement, pass, unknown } from './judgement.js';
import { counted, firstFew, ms } from './words.js';

const ageWords = ({ id, atMs, ackedAtMs }: ReadEvent): string => `${id} (${ms(atMs - ackedAtMs)} after)`;

const measuresOf = (told: number, stale: number, untold: number): Measure[] =>
  Object.entries({ 'reads of fresh writes': told, 'stale reads': stale, 'reads unknown': untold }).map(
    ([name, value]) => ({ name, value, unit: 'count' }),
  );

/**
 * Judges the reads of entries that had been acknowledged before the read began: each must see its entry (what is called strict
 * or real-time consistency; Herlihy and Wing 1990). No stall of this computer excuses one that does not.
 */
export const judgeReads = (
  history: History,
  expected: ScheduledScenario['expect']['writes'],
): Judgement | undefined => {
  const reads = history.filter((event) => event.type === 'read');
  if (reads.length === 0) return undefined;
  const stale = reads.filter(({ result }) => result === 'missing');
  const untold = reads.filter(({ result }) => result === 'unknown');
  const told = reads.length - untold.length;
  const measures = measuresOf(told, stale.length, untold.length);
  if (expected === 'any') return figures(measures);
  if (stale.length > 0) {
    const words = 'began after the write was acknowledged and did not see it';
    return {
      ...fail(`${counted(stale.length, 'read')} ${words}`, [`stale: ${firstFew(stale.map(ageWords))}`]),
      measures,
    };
  }
  if (told === 0) {
    const why = untold[0]?.detail ?? 'no answer';
    return {
      ...unknown(`whether fresh writes are seen is not known: of ${counted(reads.length, 'read')} none told (${why})`),
      measures,
    };
  }
  const unanswered = untold.length === 0 ? '' : `; ${untold.length} more did not tell`;
  const saw = `${counted(told, 'read')} of fresh writes, all saw them${unanswered}`;
  return { ...pass(saw, [saw]), measures };
};
