import { resolve } from 'node:path';
import { type CatalogueLab, catalogueLab, catalogueNames, defaultLab } from '../../host/catalogue.js';
import { InputError, InterruptedError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { planOf } from '../../plan/plan.js';
import { topologyFlow } from '../../render/topology-flow.js';
import type { Context } from '../context.js';
import { preferredProvider, providerFacts } from '../detect-provider.js';
import { makeLab, soundDraft } from '../make-lab.js';
import { paint } from '../paint.js';
import { type Choice, type Prompts, WentBack } from '../prompts.js';
import { askInTurn } from './ask-in-turn.js';
import { type Defaults, defaultFolder } from './defaults.js';
import { moreSettings } from './more-settings.js';
import { type Answers, type Asking, type Question, settingsOf } from './question.js';
import { folderQuestion, questions, questionsFor, refusedFolder } from './questions.js';

/** Asks what the lab shall be, shows it, writes it, and returns its folder. Nothing is written before the last yes. */
export const wizard = async (context: Context, defaults: Defaults = {}): Promise<string> => {
  await refuseTaken(context, defaults);
  context.say(greeting(context));
  const answers = await decided(context, defaults);
  const folder = resolve(context.cwd, answers.folder);
  const draft = soundDraft(context, answers.base, settingsOf(answers.settings));
  await makeLab(context, folder, answers.base, draft);
  return folder;
};

/** A folder that was given is not asked for: what is wrong with it is said before anything else is asked. */
const refuseTaken = async ({ cwd }: Context, { folder }: Defaults): Promise<void> => {
  const wrong = folder === undefined ? undefined : await refusedFolder(folder, cwd);
  if (wrong !== undefined) throw new InputError(wrong);
};

/** Every question; whoever leaves before the end is told that nothing has happened. */
const decided = async (context: Context, defaults: Defaults): Promise<Answers> => {
  try {
    const prompts = await context.prompts();
    const facts = await providerFacts(context.env);
    const asking: Asking = { prompts, cwd: context.cwd, facts };
    const base = await catalogueLab(defaults.lab ?? defaultLab);
    const folder = defaults.folder ?? defaultFolder;
    const settings = new Map([['provider', preferredProvider(facts)] as const, ...(defaults.settings ?? [])]);
    const open = questions.filter((question) => !isGiven(question, defaults));
    return await reviewed(
      context,
      asking,
      await answered(context, asking, open, { base, folder, settings }, defaults.lab !== undefined),
    );
  } catch (error) {
    if (error instanceof InterruptedError) throw new InterruptedError('Nothing was written.');
    throw error;
  }
};

/** Whether the command line has answered a question. */
const isGiven = (question: Question, { folder, settings = [] }: Defaults): boolean => {
  if (question === folderQuestion) return folder !== undefined;
  return settings.some(([path]) => isAbout(question, path));
};

const isAbout = ({ path: own }: Question, path: string): boolean => path === own || path.startsWith(`${own}.`);

const greeting = ({ color }: Context): string => {
  const { bold } = paint(color);
  return `${bold('Quintet')}: a site's servers on this computer, to break on purpose.\n`;
};

/** A lab of the catalogue, chosen from the path; the one there was where nobody does. */
const chosenLab = async (prompts: Prompts, now: CatalogueLab): Promise<CatalogueLab> => {
  const labs = await Promise.all((await catalogueNames()).map((name) => catalogueLab(name)));
  const choices = labs.map(({ name, adds, lab }) => ({
    value: name,
    name,
    description: `${adds} (${machineCount(Object.keys(lab.machines).length)})`,
  }));
  return catalogueLab(await prompts.select({ message: 'Which lab?', choices, default: now.name, back: true }));
};

const machineCount = (count: number): string => (count === 1 ? 'one machine' : `${count} machines`);

/** The short way (the folder only) or every question; of both only what is still open. */
const answered = async (
  context: Context,
  asking: Asking,
  open: readonly Question[],
  first: Answers,
  labIsGiven: boolean,
): Promise<Answers> => {
  const short = open.filter((question) => question === folderQuestion);
  let answers = first;
  for (;;) {
    const lab = labOf(context, answers);
    context.say(summary(context, answers));
    const count = open.filter(({ applies }) => applies?.(lab) ?? true).length;
    const way = await asking.prompts.select({
      message: 'Start from these?',
      choices: [
        {
          value: 'defaults',
          name: 'Use these',
          description: short.length > 0 ? 'asks for the folder only' : 'asks nothing more',
        },
        {
          value: 'customise',
          name: 'Customise',
          description: `${count} questions, each with a default; Esc goes back to the one before`,
        },
        ...(labIsGiven
          ? []
          : [{ value: 'another', name: 'Another lab', description: 'from one server to as many as you like' }]),
      ],
      default: 'defaults',
    });
    if (way === 'another') {
      answers = await orAsBefore(answers, async () => ({
        ...answers,
        base: await chosenLab(asking.prompts, answers.base),
      }));
      continue;
    }
    const turn = await askInTurn(way === 'customise' ? open : short, answers, {
      ask: (question, now, prompts) => question.ask(now, labOf(context, now), { ...asking, prompts }),
      applies: (question, now) => question.applies?.(labOf(context, now)) ?? true,
      prompts: asking.prompts,
    });
    answers = turn.answers;
    if (turn.isDone) return answers;
  }
};

/** Shows the lab and lets answers be changed until it is to be written. */
const reviewed = async (context: Context, asking: Asking, first: Answers): Promise<Answers> => {
  let answers = first;
  for (;;) {
    const lab = labOf(context, answers);
    context.say(`\n${picture(planOf(lab), context.columns)}\n`);
    context.say(summary(context, answers));
    const next = await asking.prompts.select({
      message: 'Write this lab?',
      choices: [
        { value: 'write', name: 'Write', description: `makes ${answers.folder}` },
        {
          value: 'change',
          name: 'Change',
          description: 'any of these, or more settings: system, memory, domain and others',
        },
        { value: 'leave', name: 'Leave', description: 'writes nothing' },
      ],
      default: 'write',
    });
    if (next === 'write') return answers;
    if (next === 'leave') throw new InterruptedError();
    answers = await orAsBefore(answers, () => changed(context, asking, answers));
  }
};

const picture = (plan: Plan, columns: number): string =>
  topologyFlow(plan, columns - margin.length)
    .split('\n')
    .map((line) => margin + line)
    .join('\n');

const margin = '  ';
const more = 'more';

/** One answer again: which one is asked first. */
const changed = async (context: Context, asking: Asking, answers: Answers): Promise<Answers> => {
  const lab = labOf(context, answers);
  for (let offered: readonly Question[] = questionsFor(lab); ; offered = moreSettings) {
    const which = await asking.prompts.select({
      message: offered === moreSettings ? 'Which of the other settings?' : 'Change what?',
      choices: [
        ...rowsOf(offered, (question) => question.shown(lab, answers)),
        ...(offered === moreSettings
          ? []
          : [{ value: more, name: 'More settings', description: 'system, memory, domain and others' }]),
      ],
      back: true,
    });
    if (which === more) continue;
    return (await offered.find(({ name }) => name === which)?.ask(answers, lab, asking)) ?? answers;
  }
};

const rowsOf = (offered: readonly Question[], shown: (question: Question) => string): Choice<string>[] =>
  offered.map((question) => ({
    value: question.name,
    name: `${question.name.padEnd(nameWidth)} ${shown(question)}`,
    short: question.name.toLowerCase(),
  }));

const orAsBefore = async (before: Answers, ask: () => Promise<Answers>): Promise<Answers> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WentBack) return before;
    throw error;
  }
};

/** What was set that no question is about. */
const besides = ({ settings }: Answers): readonly (readonly [string, string])[] => {
  const others = [...settings].filter(([path]) => !questions.some((question) => isAbout(question, path)));
  return others.map(([path, value], index) => [index === 0 ? 'Besides' : '', `${path}=${value}`] as const);
};

const labOf = (context: Context, { base, settings }: Answers) => soundDraft(context, base, settingsOf(settings)).lab;

const nameWidth = 12;

const summary = (context: Context, answers: Answers): string => {
  const { dim } = paint(context.color);
  const lab = labOf(context, answers);
  const rows: readonly (readonly [string, string])[] = [
    ['Lab', `${lab.title} (${Object.keys(lab.machines).join(', ')})`],
    ...questionsFor(lab).map(({ name, shown }) => [name, shown(lab, answers)] as const),
    ...besides(answers),
  ];
  return `${rows.map(([name, value]) => `${margin}${dim(name.padEnd(nameWidth))} ${value}`).join('\n')}\n`;
};
