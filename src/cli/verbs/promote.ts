import { promote as promoteReplica } from '../../campaign/promote.js';
import { InputError } from '../../model/errors.js';
import { pairMachines } from '../../roles/replica.js';
import { argument, flag, type RunVerb } from '../context.js';
import { openLab, requireMachines } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { working } from '../work.js';

/** Puts the replica in the place of its source. Who is which is the lab's to decide, never a machine's. */
export const promote: RunVerb = async (context, words) => {
  const machine = argument(words, 'machine');
  const opened = await openLab(context);
  const { plan, site } = opened;
  requireMachines(plan, [machine]);
  const pair = pairMachines(plan);
  if (plan.database.replica === undefined) {
    throw new InputError('There is nobody to promote: the databases of this lab are no source and replica.', {
      hint: 'database.topology: replica in lab.yaml makes two of them; quintet init --lab replicated has an example.',
    });
  }
  if (!pair.includes(machine)) {
    throw new InputError(`${machine} is no database.`, { hint: `One of ${pair.join(' and ')} can be promoted.` });
  }
  const provider = await providerOf(site);
  context.say(`Putting ${machine} in the place of the source …`);
  const done = await working(context, opened, [], () =>
    promoteReplica({ plan, provider }, machine, flag(words, 'force')),
  );
  context.say(told(machine, done.kind));
  if (done.despite !== undefined) {
    context.say(`It was forced: ${done.despite}. What was acknowledged and is not on ${machine} is lost.`);
  }
  if (done.kind === 'gone')
    context.say('What returns of the other one takes no writes: quintet up makes it the replica.');
  return undefined;
};

const told = (machine: string, kind: 'already' | 'planned' | 'gone'): string =>
  ({
    already: `${machine} takes writes already.`,
    planned: `${machine} takes writes now, and the source before it follows it.`,
    gone: `${machine} takes writes now.`,
  })[kind];
