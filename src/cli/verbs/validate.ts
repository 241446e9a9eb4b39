import { type RunVerb, textOption } from '../context.js';
import { exitCodes } from '../exit-code.js';
import { labFolderOf } from '../lab-folder-of.js';
import { openLab, problemsError, readLab } from '../open-lab.js';

export const validate: RunVerb = async (context, words) => {
  const folder = await labFolderOf(context);
  if (textOption(words, 'format') === 'json') return asJson(context, folder);
  const { lab } = await openLab({ ...context, labDir: folder });
  context.out(`${lab.name}: lab.yaml is right; ${Object.keys(lab.machines).length} machines.`);
  return undefined;
};

const asJson = async (context: Parameters<RunVerb>[0], folder: string): Promise<number> => {
  const { parsed, text, file } = await readLab(context, folder);
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  context.out(JSON.stringify({ valid: parsed.ok, problems }, null, 2));
  if (!parsed.ok) context.say(problemsError(problems, text, file, context).message);
  return parsed.ok ? exitCodes.passed : exitCodes.input;
};
