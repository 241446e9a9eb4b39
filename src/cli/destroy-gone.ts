import { isRoot } from '../host/caller.js';
import { type GoneLab, goneLabs, releaseLab } from '../host/lab-owners.js';
import { ComputerError } from '../model/errors.js';
import { planOf } from '../plan/plan.js';
import { step } from '../providers/container/step.js';
import { labSchema } from '../roles/lab-schema.js';
import { confirmLoss } from './confirm-loss.js';
import type { Context } from './context.js';
import { providerOf } from './providers.js';
import { working } from './work.js';

/** What its machines were does not matter: all of a lab's containers are found by its id. */
const siteOf = ({ id, folder }: GoneLab) => ({
  folder,
  id,
  plan: planOf(labSchema.parse({ provider: 'container' })),
  trusted: false,
});

/** Removes the machines of labs whose folder is gone: nobody can go there and destroy them. */
export const destroyGone = async (context: Context): Promise<void> => {
  if (!isRoot()) {
    throw new ComputerError('Which labs have containers on this computer is seen by root alone.', {
      hint: 'sudo quintet destroy --gone',
    });
  }
  const gone = await goneLabs();
  if (gone.length === 0) return context.say('Every lab that has containers on this computer has its folder.');
  const list = gone.map(({ folder, id }) => `${folder} (${id})`).join(', ');
  await confirmLoss(context, {
    would: `This would remove all machines of the labs that lay in ${list}, and all they hold.`,
    question: `Nothing of these labs is where it lay: ${list}. Remove their machines and all they hold? (A lab that was only moved is found again by any command in its folder.)`,
    kept: 'Nothing was removed.',
  });
  for (const lab of gone) {
    const site = siteOf(lab);
    const provider = await providerOf(site);
    await working(context, { site }, [], async (emit) => {
      await step(emit, `remove the machines of the lab that lay in ${lab.folder}`, () => provider.cleanUp(emit));
      await releaseLab(lab.id);
    });
  }
};
