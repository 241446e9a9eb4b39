import { bringUp } from '../bring-up.js';
import { argumentList, flag, type RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';

export const provision: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  await bringUp(context, opened, argumentList(words, 'machine'), { again: true, force: flag(words, 'force') });
  return undefined;
};
