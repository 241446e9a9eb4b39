import type { StandbyFacts } from './facts.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';

/**
 * Why a load balancer that does not hold the VIP could not take it over; undefined when it could. The same words as long as it is
 * so: what can be seen of the causes comes and goes.
 */
export const notStandingBy = ({ machine, state, advertsHeard }: StandbyFacts): string | undefined => {
  if (state === 'stopped') return `keepalived does not run on ${machine}`;
  if (state !== 'backup') return `keepalived on ${machine} is in state ${state.toUpperCase()}, not BACKUP`;
  return advertsHeard > 0 ? undefined : `keepalived on ${machine} hears no adverts`;
};

const withCause = (complaint: string, { why }: StandbyFacts): string =>
  why === undefined ? complaint : `${complaint} (${why})`;

/** Judges that every load balancer but the holder of the VIP is a backup that hears its adverts: a pair that is a pair. */
export const judgeStandbys = (all: readonly StandbyFacts[]): Judgement => {
  const standbys = all.filter(({ holds }) => !holds);
  const silent = standbys.filter(({ state }) => state === 'unknown');
  const wrong = standbys
    .filter(({ state }) => state !== 'unknown')
    .flatMap((each) => {
      const complaint = notStandingBy(each);
      return complaint === undefined ? [] : [withCause(complaint, each)];
    });
  const untold = silent.map(({ machine, silence }) => `${machine} does not say: ${silence ?? 'no reason given'}`);
  if (wrong.length > 0) return fail([...wrong, ...untold].join('; '));
  if (untold.length > 0) return unknown(untold.join('; '));
  if (all.length === 1) return pass('there is one load balancer, and none to take over from it');
  return pass(standbys.map(({ machine, advertsHeard }) => `${machine}: ${advertsHeard} adverts heard`).join('; '));
};
