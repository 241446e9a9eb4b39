import { bring } from '../../drive/bring.js';
import { argumentList, type RunVerb } from '../context.js';
import { openLab, requireMachines } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { chosen, working } from '../work.js';

export const halt: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const machines = argumentList(words, 'machine');
  requireMachines(opened.plan, machines);
  const provider = await providerOf(opened.site);
  await working(context, opened, chosen(opened.plan, machines), (emit) =>
    bring(opened.site, provider, 'stopped', machines, emit, { signal: context.signal }),
  );
  return undefined;
};
