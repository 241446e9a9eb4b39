import { bring } from '../../drive/bring.js';
import { releaseLab } from '../../host/lab-owners.js';
import { clearBake } from '../../providers/vagrant/bake/bake-box.js';
import { confirmLoss } from '../confirm-loss.js';
import { argumentList, type RunVerb } from '../context.js';
import { openLabAnyhow } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { chosen, working } from '../work.js';

export const destroy: RunVerb = async (context, words) => {
  const opened = await openLabAnyhow(context);
  const machines = argumentList(words, 'machine');
  const provider = await providerOf(opened.site);
  const what = machines.length > 0 ? machines.join(', ') : `all machines of the lab in ${opened.folder}`;
  await confirmLoss(context, {
    would: `This would remove ${what} and all they hold.`,
    question: `Remove ${what} and all they hold?`,
    kept: 'Nothing was removed.',
  });
  await working(context, opened, chosen(opened.plan, machines), async (emit) => {
    if (machines.length === 0) await clearBake(opened.site, emit);
    await bring(opened.site, provider, 'absent', machines, emit, { signal: context.signal });
    if (machines.length === 0) await releaseLab(opened.site.id);
  });
  return undefined;
};
