import { catalogueLab, catalogueNames } from '../../host/catalogue.js';
import { InputError } from '../../model/errors.js';
import { completionScript, type Shell, shells } from '../completion.js';
import { argument, type RunVerb } from '../context.js';
import { verbs } from '../verbs.js';

export const completion: RunVerb = async (context, words) => {
  const shell = argument(words, 'shell');
  if (!shells.includes(shell as Shell)) {
    throw new InputError(`There is no completion for ${shell}.`, { hint: `There is one for ${shells.join(', ')}.` });
  }
  const labs = await Promise.all((await catalogueNames()).map((name) => catalogueLab(name)));
  const scenarios = [...new Set(labs.flatMap((lab) => lab.scenarios.map(({ id }) => id)))];
  context.out(completionScript(shell as Shell, verbs, { labs: labs.map(({ name }) => name), scenarios }));
  return undefined;
};
