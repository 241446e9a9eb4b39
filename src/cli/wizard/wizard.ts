import { resolve } from 'node:path';
import { type CatalogueLab, catalogueLab, catalogueNames, defaultLab } from '../../host/catalogue.js';
import { InterruptedError } from '../../model/errors.js';
import { planOf } from '../../plan/plan.js';
import { topologyDrawing } from '../../render/topology-drawing.js';
import type { Context } from '../context.js';
import { detectionWords, preferredProvider, providerFacts } from '../detect-provider.js';
import { makeLab, soundDraft } from '../make-lab.js';
import { paint } from '../paint.js';
import type { Prompts } from '../prompts.js';
import { type Defaults, defaultFolder } from './defaults.js';
import { type Answers, type Asking, settingsOf } from './question.js';
import { folderQuestion, questions, questionsFor } from './questions.js';

/** Asks what the lab shall be, shows it, writes it, and returns its folder. Nothing is written before the last yes. */
export const wizard = async (context: Context, defaults: Defaults = {}): Promise<string> => {
  context.say(greeting(context));
  const answers = await decided(context, defaults);
  const folder = resolve(context.cwd, answers.folder);
  const draft = soundDraft(context, answers.base, settingsOf(answers.settings));
  await makeLab(context, folder, answers.base, draft);
  return folder;
};

/** Every question; whoever leaves before the end is told that nothing has happened. */
const decided = async (context: Context, defaults: Defaults): Promise<Answers> => {
  try {
    const prompts = await context.prompts();
    const facts = await providerFacts(context.env);
    const asking: Asking = { prompts, cwd: context.cwd, detection: detectionWords(facts), say: context.say };
    const base = await chosenLab(prompts, defaults.lab);
    const folder = defaults.folder ?? defaultFolder;
    const settings = new Map([['provider', preferredProvider(facts)] as const, ...(defaults.settings ?? [])]);
    return await reviewed(context, asking, await answered(context, asking, { base, folder, settings }));
  } catch (error) {
    if (error instanceof InterruptedError) throw new InterruptedError('Nothing was written.');
    throw error;
  }
};

const greeting = ({ color }: Context): string => {
  const { bold, dim } = paint(color);
  return `${bold('Quintet')}: five servers on this computer, to break on purpose.\n${dim('Arrows choose, Enter takes, Ctrl-C leaves without a trace.')}\n`;
};

const chosenLab = async (prompts: Prompts, wanted: string | undefined): Promise<CatalogueLab> => {
  if (wanted !== undefined) return catalogueLab(wanted);
  const names = await catalogueNames();
  const only = names[0];
  if (names.length === 1 && only !== undefined) return catalogueLab(only);
  const labs = await Promise.all(names.map((name) => catalogueLab(name)));
  const choices = labs.map(({ name, lab }) => ({
    value: name,
    name: `${name}: ${lab.title}`,
    description: `${Object.keys(lab.machines).length} machines: ${Object.keys(lab.machines).join(', ')}`,
  }));
  return catalogueLab(await prompts.select({ message: 'Which lab?', choices, default: defaultLab }));
};

/** The short way (the folder only) or every question. */
const answered = async (context: Context, asking: Asking, first: Answers): Promise<Answers> => {
  context.say(summary(context, first));
  const way = await asking.prompts.select({
    message: 'Start from these?',
    choices: [
      { value: 'defaults', name: 'Use these', description: 'asks for the folder only' },
      {
        value: 'customise',
        name: 'Customise',
        description: `${questionsFor(labOf(context, first)).length} questions, each with a default`,
      },
    ],
    default: 'defaults',
  });
  const asked = way === 'customise' ? questions : [folderQuestion];
  let answers = first;
  for (const question of asked) {
    const lab = labOf(context, answers);
    if (question.applies?.(lab) ?? true) answers = await question.ask(answers, lab, asking);
  }
  return answers;
};

/** Shows the lab and lets answers be changed until it is to be written. */
const reviewed = async (context: Context, asking: Asking, first: Answers): Promise<Answers> => {
  let answers = first;
  for (;;) {
    const lab = labOf(context, answers);
    context.say(`\n${topologyDrawing(planOf(lab), Math.min(60, context.columns))}\n`);
    context.say(summary(context, answers));
    const asked = questionsFor(lab);
    const changes = asked.map(({ name, shown }, index) => ({
      value: String(index),
      name: `Change ${name.toLowerCase()}: ${shown(lab, answers)}`,
    }));
    const next = await asking.prompts.select({
      message: 'Write this lab?',
      choices: [
        { value: 'write', name: 'Write it', description: `makes ${answers.folder}` },
        ...changes,
        { value: 'leave', name: 'Leave', description: 'writes nothing' },
      ],
      default: 'write',
    });
    if (next === 'write') return answers;
    if (next === 'leave') throw new InterruptedError();
    answers = (await asked[Number(next)]?.ask(answers, lab, asking)) ?? answers;
  }
};

const labOf = (context: Context, { base, settings }: Answers) => soundDraft(context, base, settingsOf(settings)).lab;

const summary = (context: Context, answers: Answers): string => {
  const { dim } = paint(context.color);
  const lab = labOf(context, answers);
  const rows: readonly (readonly [string, string])[] = [
    ['Lab', `${lab.title} (${Object.keys(lab.machines).join(', ')})`],
    ...questionsFor(lab).map(({ name, shown }) => [name, shown(lab, answers)] as const),
  ];
  return `${rows.map(([name, value]) => `  ${dim(name.padEnd(12))} ${value}`).join('\n')}\n`;
};
