import { bring } from '../../drive/bring.js';
import { releaseLab } from '../../host/lab-owners.js';
import { InputError } from '../../model/errors.js';
import { clearBake } from '../../providers/vagrant/bake/bake-box.js';
import { confirmLoss } from '../confirm-loss.js';
import { argumentList, flag, type RunVerb } from '../context.js';
import { destroyGone } from '../destroy-gone.js';
import { openLabAnyhow } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { chosen, working } from '../work.js';

export const destroy: RunVerb = async (context, words) => {
  const machines = argumentList(words, 'machine');
  if (flag(words, 'gone')) {
    if (machines.length > 0) throw new InputError('--gone takes whole labs, and no names of machines.');
    await destroyGone(context);
    return undefined;
  }
  const opened = await openLabAnyhow(context);
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
