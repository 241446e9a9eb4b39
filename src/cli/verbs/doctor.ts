import { providerNames } from '../../model/lab.js';
import type { Plan } from '../../model/plan.js';
import { planOf } from '../../plan/plan.js';
import type { LabSite } from '../../providers/provider.js';
import { labSchema } from '../../roles/lab-schema.js';
import { type Context, type RunVerb, textOption, type Words } from '../context.js';
import { preferredProvider, providerFacts } from '../detect-provider.js';
import { gatherFacts } from '../doctor/facts.js';
import type { Finding } from '../doctor/finding.js';
import { findings } from '../doctor/rules.js';
import { exitCodes } from '../exit-code.js';
import { nearestLab } from '../lab-folder-of.js';
import { openLab } from '../open-lab.js';
import { paint } from '../paint.js';

export const doctor: RunVerb = async (context, words) => {
  const { folder, plan, site, isLab } = await patient(context, words);
  const facts = await gatherFacts(context.env, folder, plan, site);
  const found = findings(facts, plan);
  if (textOption(words, 'format') === 'json') context.out(JSON.stringify(found, null, 2));
  else show(context, found, isLab ? `the lab ${plan.name}` : 'a lab with the defaults', plan);
  return found.some(({ outcome }) => outcome === 'bad') ? exitCodes.computer : exitCodes.passed;
};

interface Patient {
  readonly folder: string;
  readonly plan: Plan;
  readonly isLab: boolean;
  /** Absent where there is no lab, or none of this provider: it has no machines to look for. */
  readonly site?: LabSite;
}

/** The lab that doctor stands in, as it is or with another provider; elsewhere one as it would be made here. */
const patient = async (context: Context, words: Words): Promise<Patient> => {
  const asked = providerNames.find((name) => name === textOption(words, 'provider'));
  const folder = await nearestLab(context);
  if (folder === undefined) {
    const provider = asked ?? preferredProvider(await providerFacts(context.env));
    return { folder: context.cwd, plan: planOf(labSchema.parse({ provider })), isLab: false };
  }
  const { lab, plan, site } = await openLab({ ...context, labDir: folder });
  if (asked === undefined || asked === plan.provider) return { folder, plan, site, isLab: true };
  return { folder, plan: planOf({ ...lab, provider: asked }), isLab: true };
};

const show = (context: Context, found: readonly Finding[], lab: string, { provider }: Plan): void => {
  const { green, yellow, red, cyan, dim } = paint(context.outColor);
  const marks = { good: green('✔'), warn: yellow('!'), bad: red('✖') };
  const width = Math.max(...found.map(({ what }) => what.length));
  context.say(dim(`For ${lab} (${provider}):`));
  for (const { outcome, what, why, mend } of found) {
    context.out(`${marks[outcome]} ${what.padEnd(width)}  ${why}`);
    if (mend !== undefined) context.out(`  ${' '.repeat(width)}  ${cyan('→')} ${mend}`);
  }
};
