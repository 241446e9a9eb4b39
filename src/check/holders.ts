import type { HolderFacts } from './facts.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';

/** Judges that exactly one load balancer holds the VIP now. */
export const judgeHolders = ({ holders, silent }: HolderFacts): Judgement => {
  const unseen = silent.map((each) => `${each.machine} could not be asked: ${each.reason}`);
  if (holders.length > 1) return fail(`split brain: ${holders.join(' and ')} both hold the VIP`);
  if (unseen.length > 0) return unknown(unseen.join('; '));
  return holders.length === 1 ? pass(`${holders[0]} holds the VIP`) : fail('no load balancer holds the VIP');
};
