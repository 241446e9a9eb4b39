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
  const { lab } = await openLab({ ...context, labDir: folder });
  const scenarios = await scenarioFiles(folder, lab);
  const wrong = scenarioErrors(scenarios, context);
  if (wrong.length > 0) throw new InputError(wrong.join('\n\n'));
  const machines = Object.keys(lab.machines).length;
  context.out(`${lab.name}: lab.yaml is right${rest(scenarios)}; ${machines} machines.`);
  return undefined;
};

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
  const { parsed, text, file } = await readLab(context, folder);
  // Without a lab there is nothing to hold scenarios against.
  const scenarios = parsed.ok ? await scenarioFiles(folder, parsed.lab) : [];
  const ofLab = parsed.ok ? parsed.warnings : parsed.problems;
  const wrong = scenarioErrors(scenarios, context);
  const valid = parsed.ok && wrong.length === 0;
  context.out(JSON.stringify({ valid, problems: [...ofLab, ...scenarios.flatMap(problemsOf)] }, null, 2));
  if (!parsed.ok) context.say(problemsError(ofLab, text, file, context).message);
  for (const message of wrong) context.say(message);
  return valid ? exitCodes.passed : exitCodes.input;
};
