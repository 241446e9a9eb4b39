import { catalogueLab, catalogueNames } from '../../host/catalogue.js';
import { type RunVerb, textOption } from '../context.js';
import { tableOf } from '../table-of.js';

export const labs: RunVerb = async (context, words) => {
  const all = await Promise.all((await catalogueNames()).map((name) => catalogueLab(name)));
  const rows = all.map(({ name, lab, scenarios }) => ({
    name,
    title: lab.title,
    machines: Object.keys(lab.machines),
    scenarios: scenarios.map(({ id }) => id),
  }));
  if (textOption(words, 'format') === 'json') context.out(JSON.stringify(rows, null, 2));
  else {
    const cells = rows.map((row) => [row.name, row.title, row.machines.join(' '), String(row.scenarios.length)]);
    context.out(tableOf(['lab', 'title', 'machines', 'scenarios'], cells, context));
  }
  return undefined;
};
