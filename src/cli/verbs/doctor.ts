import type { Plan } from '../../model/plan.js';
import { type Context, type RunVerb, textOption } from '../context.js';
import { gatherFacts } from '../doctor/facts.js';
import { type Diagnosis, diagnoses } from '../doctor/rules.js';
import { exitCodes } from '../exit-code.js';
import { nearestLab } from '../lab-folder-of.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { paint } from '../paint.js';
import { providerOf } from '../providers.js';

export const doctor: RunVerb = async (context, words) => {
  const folder = await nearestLab(context);
  const opened = folder === undefined ? undefined : await openLab({ ...context, labDir: folder });
  const leftovers = opened ? await leftoversOf(opened) : [];
  const facts = await gatherFacts(context.env, folder ?? context.cwd, opened?.plan, leftovers);
  const found = diagnoses(facts, opened?.plan);
  if (textOption(words, 'format') === 'json') context.out(JSON.stringify(found, null, 2));
  else show(context, found, opened?.plan);
  return found.some(({ level }) => level === 'bad') ? exitCodes.computer : exitCodes.passed;
};

/** What keeps a provider from looking is what the other findings are about. */
const leftoversOf = async ({ site }: OpenedLab): Promise<readonly string[]> => {
  try {
    return await (await providerOf(site)).leftovers();
  } catch {
    return [];
  }
};

const show = (context: Context, found: readonly Diagnosis[], plan: Plan | undefined): void => {
  const { green, yellow, red, cyan, dim } = paint(context.outColor);
  const marks = { good: green('✔'), warn: yellow('!'), bad: red('✖') };
  const width = Math.max(...found.map(({ subject }) => subject.length));
  context.say(dim(plan ? `For the lab ${plan.name} (${plan.provider}):` : 'For labs on this computer:'));
  for (const { level, subject, words, mend } of found) {
    context.out(`${marks[level]} ${subject.padEnd(width)}  ${words}`);
    if (mend !== undefined) context.out(`  ${' '.repeat(width)}  ${cyan('→')} ${mend}`);
  }
};
