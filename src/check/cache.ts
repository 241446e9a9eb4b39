import type { CacheFacts } from './facts.js';
import { fail, type Judgement, pass } from './judgement.js';

/** What was read once is given again without asking the application. */
export const judgeHits = ({ entry, hits, misses }: CacheFacts): Judgement => {
  const asked = hits + misses;
  const ratio = asked === 0 ? 0 : Math.round((100 * hits) / asked);
  const evidence = [`read three times: ${entry.join(', ')}`, `since it started: ${hits} of ${asked} from the cache`];
  return entry[0] === 'miss' && entry.slice(1).every((how) => how === 'hit')
    ? pass(`read three times: ${entry.join(', ')}; ${ratio} % of ${asked} from the cache so far`, evidence)
    : fail(`an entry that was read three times was ${entry.join(', ')}: not miss, hit, hit`, evidence);
};

/** What is somebody's own, and what can change at any moment, is never kept. */
export const judgePrivate = ({ uncacheable }: CacheFacts): Judgement => {
  const evidence = uncacheable.map(({ what, how }) => `${what}: ${how.join(', ')}`);
  const kept = uncacheable.filter(({ how }) => how.some((each) => each !== 'pass' && each !== 'none'));
  return kept.length === 0
    ? pass(`none of ${uncacheable.map(({ what }) => what).join(', ')}`, evidence)
    : fail(`kept: ${kept.map(({ what, how }) => `${what} (${how.join(', ')})`).join('; ')}`, evidence);
};

/** An entry is there for everybody as soon as it was acknowledged, also for whoever had been told that there is none. */
export const judgeFresh = ({ absent, present }: CacheFacts): Judgement => {
  const evidence = [`before it was written: ${absent}`, `after it was acknowledged: ${present}`];
  return absent === 404 && present === 200
    ? pass('an entry that was looked for before it was written is found after it', evidence)
    : fail(`before it was written the answer was ${absent}, after it was acknowledged ${present}`, evidence);
};
