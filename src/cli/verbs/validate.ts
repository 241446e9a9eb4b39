import { type ScenarioFile, scenarioFiles } from '../../host/catalogue.js';
import { InputError } from '../../model/errors.js';
import type { Problem } from '../../model/problem.js';
import { type Context, type RunVerb, textOption } from '../context.js';
import { exitCodes } from '../exit-code.js';
import { labFolderOf } from '../lab-folder-of.js';
import { openLab, problemsError, readLab } from '../open-lab.js';

export const validate: RunVerb = async (context, words) => {
  const folder = await labFolderOf(context);
  if (textOption(words, 'format') === 'json') return asJson(context, folder);
  const read = await readLab(context, folder);
  const { parsed } = read;
  const scenarios = await scenarioFiles(folder, parsed.ok ? parsed.lab : 'unreadable');
  const wrong = [...labErrors(read, context), ...scenarioErrors(scenarios, context)];
  if (!parsed.ok || wrong.length > 0) throw new InputError(wrong.join('\n\n'));
  const { lab } = await openLab({ ...context, labDir: folder });
  const machines = Object.keys(lab.machines).length;
  context.out(`${lab.name}: lab.yaml is right${rest(scenarios)}; ${machines} machines.`);
  return undefined;
};

type ReadLab = Awaited<ReturnType<typeof readLab>>;

const labErrors = ({ parsed, text, file }: ReadLab, context: Context): readonly string[] =>
  parsed.ok ? [] : [problemsError(parsed.problems, text, file, context).message];

const rest = ({ length }: readonly ScenarioFile[]): string => {
  if (length === 0) return '';
  return length === 1 ? ', its scenario too' : `, its ${length} scenarios too`;
};

const problemsOf = ({ parsed }: ScenarioFile): readonly Problem[] => (parsed.ok ? [] : parsed.problems);

const scenarioErrors = (scenarios: readonly ScenarioFile[], context: Context): readonly string[] =>
  scenarios
    .filter(({ parsed }) => !parsed.ok)
    .map((scenario) => problemsError(problemsOf(scenario), scenario.text, scenario.file, context).message);

const asJson = async (context: Context, folder: string): Promise<number> => {
  const read = await readLab(context, folder);
  const { parsed } = read;
  const scenarios = await scenarioFiles(folder, parsed.ok ? parsed.lab : 'unreadable');
  const ofLab = parsed.ok ? parsed.warnings : parsed.problems;
  const wrong = [...labErrors(read, context), ...scenarioErrors(scenarios, context)];
  const valid = wrong.length === 0;
  context.out(JSON.stringify({ valid, problems: [...ofLab, ...scenarios.flatMap(problemsOf)] }, null, 2));
  for (const message of wrong) context.say(message);
  return valid ? exitCodes.passed : exitCodes.input;
};
