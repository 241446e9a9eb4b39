import { InputError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { diskExists, idsOf } from './disk.js';

/** Those of the machines whose disks have no users of their own: a former Quintet made them, or somebody vouched for the lab. */
const sharing = async (site: LabSite, machines: readonly string[]): Promise<string[]> => {
  const found = machines.map(async (machine) =>
    (await diskExists(site, machine)) && (await idsOf(site, machine)) === undefined ? [machine] : [],
  );
  return (await Promise.all(found)).flat();
};

/** Throws an InputError when root in one of the machines is root on this computer, unless somebody vouches for the lab: then that is told. */
export const requireOwnUsers = async (site: LabSite, machines: readonly string[], emit: Emit): Promise<void> => {
  const found = await sharing(site, machines);
  if (found.length === 0) return;
  const [were, their, them] = found.length === 1 ? ['was', 'its', 'it'] : ['were', 'their', 'them'];
  const text = `${found.join(', ')} ${were} made without users of ${their} own: root in ${them} is root on this computer as well.`;
  if (site.trusted) return emit({ type: 'note', text });
  throw new InputError(text, {
    hint: 'Run quintet destroy (what the machines hold is lost), then quintet up. Or, if you vouch for all that runs in this lab: the same command with --trust.',
  });
};
