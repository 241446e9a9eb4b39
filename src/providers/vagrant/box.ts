import { withLock } from '../../host/lock.js';
import { InputError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import { boxName } from '../../plan/boxes.js';
import { step } from '../container/step.js';
import type { LabSite } from '../provider.js';
import { installedBoxes } from './installed-boxes.js';
import { vagrantHome } from './places.js';
import { mustVagrant } from './vagrant-command.js';

const hasBox = async ({ plan }: LabSite): Promise<boolean> =>
  (await installedBoxes(vagrantHome(process.env), boxName(plan))).some(({ provider }) => provider === plan.provider);

/** How Vagrant is told to get it. A file or URL has no name of its own. */
export const addCommand = ({ plan }: Pick<LabSite, 'plan'>): readonly string[] => {
  const { url, sha256 } = plan.box;
  const checksum = sha256 === undefined ? [] : ['--checksum-type', 'sha256', '--checksum', sha256];
  const from = url === undefined ? [boxName(plan)] : ['--name', boxName(plan), ...checksum, url];
  return ['box', 'add', '--provider', plan.provider, ...from];
};

/** Gets the lab's box unless it is there, once for all machines: each by itself would fetch it again. */
export const ensureBox = async (site: LabSite, emit: Emit, signal?: AbortSignal): Promise<void> => {
  if (await hasBox(site)) return;
  const name = boxName(site.plan);
  if (/[\r\n]/.test(name)) throw new InputError(`not the name of a box: ${name}`);
  const onWait = (holder: string) => emit({ type: 'note', text: `Waiting for ${holder}, which gets a box as well.` });
  await withLock('vagrant-box', { wait: true, onWait, ...(signal ? { signal } : {}) }, async () => {
    if (await hasBox(site)) return;
    await step(emit, `get the box ${name} (once)`, () => mustVagrant(site, addCommand(site), undefined, emit, signal));
  });
};
