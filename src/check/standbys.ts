import type { StandbyFacts } from './facts.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';

/** Why a load balancer that does not hold the VIP could not take it over; undefined when it could. */
export const notStandingBy = ({ machine, state, advertsHeard, why }: StandbyFacts): string | undefined => {
  if (state === 'stopped') return `keepalived does not run on ${machine}`;
  if (state !== 'backup') {
    const cause = why === undefined ? '' : ` (${why})`;
    return `keepalived on ${machine} is in state ${state.toUpperCase()}, not BACKUP${cause}`;
  }
  return advertsHeard > 0 ? undefined : `keepalived on ${machine} hears no adverts`;
};

/** Judges that every load balancer but the holder of the VIP is a backup that hears its adverts: a pair that is a pair. */
export const judgeStandbys = (all: readonly StandbyFacts[]): Judgement => {
  const standbys = all.filter(({ holds }) => !holds);
  const silent = standbys.filter(({ state }) => state === 'unknown');
  const wrong = standbys.filter(({ state }) => state !== 'unknown').flatMap((each) => notStandingBy(each) ?? []);
  const untold = silent.map(({ machine, silence }) => `${machine} does not say: ${silence ?? 'no reason given'}`);
  if (wrong.length > 0) return fail([...wrong, ...untold].join('; '));
  if (untold.length > 0) return unknown(untold.join('; '));
  if (all.length === 1) return pass('there is one load balancer, and none to take over from it');
  return pass(standbys.map(({ machine, advertsHeard }) => `${machine}: ${advertsHeard} adverts heard`).join('; '));
};
