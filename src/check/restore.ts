import type { HealEvent, History } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { excess } from './explanations.js';
import { fail, type Judgement, pass } from './judgement.js';
import { counted, ms } from './words.js';

const restoresIn = (history: History) =>
  history.filter((event): event is HealEvent => event.type === 'heal' && event.restored !== undefined);

/** What was restored, from which point on, and how long each step of it took. */
export const restoredLines = (history: History): string[] =>
  restoresIn(history).flatMap(({ restored, machine }) => {
    if (restored === undefined) return [];
    const { without, until, rows, steps } = restored;
    const point =
      without === undefined ? `as it was at ${until ?? 'the end'}` : `without ${without.statement} of ${without.time}`;
    const tables = Object.entries(rows).map(([table, count]) => `${table} with ${counted(count, 'row')}`);
    return [
      `restored on ${machine}, ${point} (${without?.transaction ?? 'UTC'}): ${tables.join(', ')}`,
      `restore: ${steps.map(({ what, tookMs }) => `${what} ${ms(tookMs)}`).join(', ')}`,
    ];
  });

/** Judges that what was dropped came back from the backups, and how long that took. */
export const judgeRestore = (
  history: History,
  expected: ScheduledScenario['expect']['restore'],
): Judgement | undefined => {
  if (expected === undefined) return undefined;
  const { withinMs } = expected;
  const [heal] = restoresIn(history);
  if (heal === undefined) return fail('nothing was restored from the backups');
  const { atMs, tookMs } = heal;
  const measures: Measure[] = [{ name: 'restored after', value: tookMs, unit: 'ms', atMost: withinMs }];
  return tookMs <= withinMs
    ? { ...pass(`restored from the backups in ${ms(tookMs)}`), measures }
    : {
        ...fail(
          `the restore took ${ms(tookMs)}, longer than ${ms(withinMs)}`,
          [],
          [excess(atMs, atMs + tookMs, tookMs - withinMs)],
        ),
        measures,
      };
};
