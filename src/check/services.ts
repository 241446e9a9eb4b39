import { fail, type Judgement, pass, unknown } from './judgement.js';

/** What the machines say of the services that make them what they are, a line each. */
export interface ServiceFacts {
  /** Not running. */
  readonly missing: readonly string[];
  /** Machines that did not say. */
  readonly silent: readonly string[];
}

/** Judges that every service runs: a standby that is missing is not noticed otherwise. A machine that says nothing is unknown. */
export const judgeServices = ({ missing, silent }: ServiceFacts): Judgement => {
  if (missing.length > 0) return fail([...missing, ...silent].join('; '));
  return silent.length > 0 ? unknown(silent.join('; ')) : pass('all of them');
};
