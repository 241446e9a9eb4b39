import { bringUp } from '../bring-up.js';
import { argumentList, flag, type RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';

export const up: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  await bringUp(context, opened, argumentList(words, 'machine'), { force: flag(words, 'force') });
  context.say('The lab is up. quintet verify checks it, quintet open shows the site, quintet destroy removes it.');
  return undefined;
};
