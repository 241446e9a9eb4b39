import { fail, type Judgement, pass } from './judgement.js';

/** What is wrong with the services of a lab, a line each. */
export interface ServiceFacts {
  readonly complaints: readonly string[];
}

/** Judges that every service that makes the machines what they are is running: a standby that is missing is not noticed otherwise. */
export const judgeServices = ({ complaints }: ServiceFacts): Judgement =>
  complaints.length === 0 ? pass('all of them') : fail(complaints.join('; '));
