import type { History } from '../model/history.js';
import type { Measure } from '../model/verdict.js';
import { mishap } from './explanations.js';
import { fail, figures, type Judgement, pass, unknown } from './judgement.js';
import { held } from './site-view.js';
import { counted, firstFew, ms } from './words.js';

/** Judges how many of the connections that are kept open and used all the time broke. */
export const judgeKeptConnections = (history: History, atMost: number | undefined): Judgement | undefined => {
  const events = history.filter((event) => event.type === 'connection');
  if (!events.some((event) => event.what === 'opened')) {
    return atMost === undefined ? undefined : unknown('no connection was kept open');
  }
  const broken = events.filter((event) => event.what === 'broke');
  const measures: Measure[] = [
    { name: 'connections broken', value: broken.length, unit: 'count', ...held(atMost) },
    { name: 'connections refused', value: events.filter((event) => event.what === 'refused').length, unit: 'count' },
  ];
  const lines = broken.map(
    ({ id, atMs, detail }) => `${id} at ${ms(atMs)}${detail === undefined ? '' : ` (${detail})`}`,
  );
  const evidence = broken.length === 0 ? [] : [`connections broken: ${firstFew(lines)}`];
  if (atMost === undefined) return figures(measures, evidence);
  const detail = `${counted(broken.length, 'kept connection')} broke, at most ${atMost} may`;
  const failed = () =>
    fail(
      detail,
      [],
      broken.map(({ atMs }) => mishap(atMs)),
      atMost,
    );
  return { ...(broken.length > atMost ? failed() : pass(detail)), evidence, measures };
};
