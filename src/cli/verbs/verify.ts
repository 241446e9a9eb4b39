import { argumentList, flag, type RunVerb, textOption } from '../context.js';
import { openLab } from '../open-lab.js';
import { tableOf } from '../table-of.js';
import { chosenScenarios, verifyLab } from '../verify-lab.js';

export const verify: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const names = argumentList(words, 'scenario');
  const format = textOption(words, 'format') ?? 'table';
  if (!flag(words, 'list')) {
    return verifyLab(context, opened, { scenarios: names, format, checksOnly: flag(words, 'checksOnly') });
  }
  const scenarios = await chosenScenarios(opened, names);
  const rows = scenarios.map(({ id, title, why }) => ({ id, title, why }));
  context.out(
    format === 'json'
      ? JSON.stringify(rows, null, 2)
      : tableOf(
          ['scenario', 'what happens'],
          rows.map(({ id, title }) => [id, title]),
        ),
  );
  return undefined;
};
