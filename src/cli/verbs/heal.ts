import { heal as healLab } from '../../campaign/open-faults.js';
import type { RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { working } from '../work.js';

export const heal: RunVerb = async (context) => {
  const opened = await openLab(context);
  const provider = await providerOf(opened.site);
  const healed = await working(context, opened, [], (emit) => healLab(opened.site, provider, emit));
  context.say(
    healed.length === 0
      ? 'No fault is in place.'
      : `${healed.length === 1 ? 'One fault' : `${healed.length} faults`} undone.`,
  );
  return undefined;
};
