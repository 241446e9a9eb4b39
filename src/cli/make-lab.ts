import type { CatalogueLab } from '../host/catalogue.js';
import { labDoor } from '../host/lab-door.js';
import { labFile, labId, labPaths } from '../host/lab-folder.js';
import { createLabFolder } from '../host/lab-folder-new.js';
import { bindLab } from '../host/lab-owners.js';
import { applySettings } from '../lab/apply-settings.js';
import { parseLab } from '../lab/parse-lab.js';
import type { Lab } from '../model/lab.js';
import type { Problem } from '../model/problem.js';
import { traitsOf } from '../model/provider-traits.js';
import { planOf } from '../plan/plan.js';
import { additionalRoles, machinesWith } from '../roles/additional.js';
import type { Context } from './context.js';
import { generateLab } from './generate-lab.js';
import { computerFacts, problemsError } from './open-lab.js';

/** A lab of the catalogue with some settings made in it: its text and what it means, or what is wrong. */
export type Draft =
  | { readonly ok: true; readonly text: string; readonly lab: Lab }
  | { readonly ok: false; readonly text: string; readonly problems: readonly Problem[] };

/**
 * A lab file that names its machines names others when it is told what the fifth is for, so that they can still be read there.
 * Not where machines are told as well.
 */
const withMachines = (settings: readonly string[]): readonly string[] => {
  const value = settings
    .findLast((setting) => setting.startsWith('additional='))
    ?.slice('additional='.length)
    .trim();
  const isTold = settings.some((setting) => /^machines\s*[.=]/.test(setting));
  if (isTold || value === undefined || !additionalRoles.includes(value)) return settings;
  return [...settings, `machines=${JSON.stringify(machinesWith(value))}`];
};

export const draftOf = (base: Pick<CatalogueLab, 'text'>, settings: readonly string[]): Draft => {
  const applied = applySettings(base.text, withMachines(settings));
  if (!applied.ok) return applied;
  const parsed = parseLab(applied.text, 'lab.yaml', computerFacts());
  if (!parsed.ok) return { ok: false, text: applied.text, problems: parsed.problems };
  return { ok: true, text: applied.text, lab: parsed.lab };
};

/** A draft that must be right; what is wrong with it is one InputError. */
export const soundDraft = (
  context: Context,
  base: Pick<CatalogueLab, 'text'>,
  settings: readonly string[],
): Draft & { readonly ok: true } => {
  const draft = draftOf(base, settings);
  if (draft.ok) return draft;
  throw problemsError(draft.problems, draft.text, draft.problems[0]?.file ?? 'lab.yaml', context);
};

/** Writes a whole lab folder or nothing: lab.yaml, the exercise and its scenarios, and all that follows from them. */
export const makeLab = async (
  context: Context,
  folder: string,
  base: CatalogueLab,
  draft: { readonly text: string; readonly lab: Lab },
): Promise<void> => {
  const plan = planOf(draft.lab);
  const made = { id: '' };
  await createLabFolder(folder, async (temporary) => {
    const door = labDoor(temporary);
    await door.write(labFile, draft.text);
    await door.write(labPaths.guide, base.guide);
    for (const [file, text] of base.files) await door.write(`${labPaths.scenarios}/${file}`, text);
    for (const [file, text] of base.brings) await door.write(file, text);
    await generateLab(context, { folder: temporary, plan });
    if (traitsOf(plan).madeBy === 'vagrant') made.id = await labId(temporary);
  });
  // What Vagrant runs of it is the caller's own work from here on.
  if (made.id !== '') await bindLab(folder, made.id, true);
};
