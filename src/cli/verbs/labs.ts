import { catalogueLab, catalogueNames } from '../../host/catalogue.js';
import { type RunVerb, textOption } from '../context.js';
import { tableOf } from '../table-of.js';

export const labs: RunVerb = async (context, words) => {
  const all = await Promise.all((await catalogueNames()).map((name) => catalogueLab(name)));
  const rows = all.map((each) => ({
    name: each.name,
    title: each.lab.title,
    adds: each.adds,
    machines: Object.keys(each.lab.machines),
    scenarios: each.scenarios.map(({ id }) => id),
  }));
  if (textOption(words, 'format') === 'json') context.out(JSON.stringify(rows, null, 2));
  else {
    const cells = rows.map((row) => [row.name, String(row.machines.length), String(row.scenarios.length), row.adds]);
    context.out(tableOf(['lab', 'machines', 'scenarios', 'what it adds'], cells, context));
    context.say(
      'They are a path, in this order. quintet init --lab NAME makes one; quintet verify --list tells its scenarios.',
    );
  }
  return undefined;
};
