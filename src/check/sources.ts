import type { DatabaseEvent, DatabaseState, History } from '../model/history.js';
import type { Measure } from '../model/verdict.js';
import { absence } from './explanations.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { runOf } from './outages.js';
import { endedMs, faultsOf } from './spells.js';
import { ms } from './words.js';

/** A stretch of time in which a database was in one state. */
interface Stretch {
  readonly machine: string;
  readonly state: DatabaseState;
  readonly fromMs: number;
  readonly toMs: number;
}

const takesWrites: readonly DatabaseState[] = ['protected', 'waiting', 'unprotected'];
/** Each of the two is looked at five times a second: less than this between two of them is no order. */
const precisionMs = 600;

const stretchesOf = (history: History): readonly Stretch[] => {
  const events = history.filter((event): event is DatabaseEvent => event.type === 'database');
  const overMs = endedMs(history) ?? history.at(-1)?.atMs ?? 0;
  return events.map(({ machine, state, atMs }, index) => {
    const next = events.slice(index + 1).find((later) => later.machine === machine);
    return { machine, state, fromMs: atMs, toMs: next?.atMs ?? Math.max(atMs, overMs) };
  });
};

const lastsMs = ({ fromMs, toMs }: Stretch): number => toMs - fromMs;

/** For how long two of them took writes at the same time, all of it together. */
const togetherMs = (stretches: readonly Stretch[]): number => {
  const sources = stretches.filter(({ state }) => takesWrites.includes(state));
  return sources
    .flatMap((one, index) =>
      sources
        .slice(index + 1)
        .filter(({ machine }) => machine !== one.machine)
        .map((other) => Math.max(0, Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs))),
    )
    .reduce((sum, each) => sum + each, 0);
};

/** Those that nobody heard a word of in all the time, though nothing was done to them. */
const neverHeard = (history: History, stretches: readonly Stretch[]): readonly string[] => {
  const hit = faultsOf(history).map(({ machine }) => machine);
  const heard = stretches.filter(({ state }) => state !== 'off').map(({ machine }) => machine);
  const all = [...new Set(stretches.map(({ machine }) => machine))].sort();
  return all.filter((machine) => !hit.includes(machine) && !heard.includes(machine));
};

/** Never do a source and its replica both take writes; and for how long writes were on one of them alone is told. */
export const judgeSources = (history: History): Judgement | undefined => {
  const stretches = stretchesOf(history);
  if (stretches.length === 0) return undefined;
  const bare = stretches.filter(({ state, toMs, fromMs }) => state === 'unprotected' && toMs > fromMs);
  const bareMs = bare.reduce((sum, each) => sum + lastsMs(each), 0);
  const behindS = Math.max(
    0,
    ...history.flatMap((event) => (event.type === 'database' && event.behindS !== undefined ? [event.behindS] : [])),
  );
  const bothMs = togetherMs(stretches);
  const measures: Measure[] = [
    { name: 'writes unprotected', value: bareMs, unit: 'ms' },
    { name: 'replica behind', value: behindS * 1000, unit: 'ms' },
  ];
  const evidence = [
    ...bare.map(
      (each) =>
        `${each.machine} took writes that it alone had from ${ms(each.fromMs)} to ${ms(each.toMs)} (for ${ms(lastsMs(each))})`,
    ),
    ...(behindS > 0 ? [`the replica was ${behindS} s behind at the most`] : []),
  ];
  if (bothMs > precisionMs * (runOf(history)?.pace ?? 1)) {
    const names = [...new Set(stretches.map(({ machine }) => machine))].sort().join(' and ');
    return { ...fail(`${names} both took writes for ${ms(bothMs)}`, evidence), measures };
  }
  const unheard = neverHeard(history, stretches);
  if (unheard.length > 0) return unknown(`whether ${unheard.join(' and ')} took writes could not be heard`, evidence);
  return { ...pass('never did both databases take writes', evidence), measures };
};

/** A promotion is made or refused, as was expected. */
export const judgePromotions = (history: History, expected: 'made' | 'refused' = 'made'): Judgement | undefined => {
  const asked = faultsOf(history).filter(({ fault }) => fault === 'promote' || fault === 'promote-blindly');
  if (asked.length === 0) return expected === 'refused' ? unknown('nobody was to be promoted') : undefined;
  const refused = asked.filter(({ answer }) => answer === 'refused');
  const why = refused.flatMap((event) => (event.why === undefined ? [] : [event.why]));
  if (expected === 'made') {
    if (refused.length === 0) return pass('the promotion was made');
    // Who was kept waiting could not know when the source went.
    const when = refused.map(({ atMs, tookMs }) => absence(Math.max(0, atMs - 1000), atMs + tookMs));
    return fail(why[0] ?? 'a promotion was refused', why, when);
  }
  const made = asked.filter(({ answer }) => answer !== 'refused').map(({ machine }) => machine);
  return made.length > 0
    ? fail(`${made.join(' and ')} was promoted, though nobody could know whether it had everything`)
    : pass('the promotion was refused', why);
};
