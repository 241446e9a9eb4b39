import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../host/command.js';
import { ensureDir, exists, fileError } from '../../host/files.js';
import { ComputerError, InputError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import { boxName } from '../../plan/boxes.js';
import type { LabSite } from '../../providers/provider.js';
import { ensureBox } from '../../providers/vagrant/box.js';
import { boxPath } from '../../providers/vagrant/box-place.js';
import { installedBoxes } from '../../providers/vagrant/installed-boxes.js';
import { vagrantHome } from '../../providers/vagrant/places.js';
import type { BundledBox } from '../../render/bundle.js';
import { sha256Of } from './sums.js';

const file = 'box/package.box';

/** The path of a box that is a file of this computer already. */
export const boxFile = ({ plan: { box }, folder }: Pick<LabSite, 'plan' | 'folder'>): string | undefined =>
  box.url === undefined ? undefined : boxPath(box.url, folder);

const copyBox = async (from: string, to: string, sha256: string | undefined): Promise<void> => {
  if (!(await exists(from)))
    throw new InputError(`The lab's box is not there: ${from}`, { hint: 'Mend box.url in lab.yaml.' });
  try {
    await copyFile(from, to);
  } catch (error) {
    throw fileError('copy', from, error);
  }
  if (sha256 === undefined || (await sha256Of(to)) === sha256.toLowerCase()) return;
  throw new InputError(`${from} does not have the checksum that lab.yaml gives.`, {
    hint: 'Take the box from its origin again, or mend box.sha256 in lab.yaml.',
  });
};

const newestFirst = new Intl.Collator('en', { numeric: true });

/** Vagrant keeps boxes unpacked; this makes a file of one again. */
const repackage = async (site: LabSite, folder: string, signal: AbortSignal): Promise<void> => {
  const name = boxName(site.plan);
  const home = vagrantHome(process.env);
  const own = (await installedBoxes(home, name)).filter(({ provider }) => provider === site.plan.provider);
  const [box] = own.sort((one, other) => newestFirst.compare(other.version, one.version));
  if (!box) throw new ComputerError(`Vagrant says it has the box ${name}, but it is not in ${home}.`);
  await must(['vagrant', 'box', 'repackage', name, box.provider, box.version], {
    cwd: join(folder, 'box'),
    env: { VAGRANT_CWD: join(folder, 'box'), VAGRANT_CHECKPOINT_DISABLE: '1' },
    signal,
  });
};

/** The lab's box as one file; one that Vagrant does not have yet is fetched. */
export const packBox = async (site: LabSite, folder: string, emit: Emit, signal: AbortSignal): Promise<BundledBox> => {
  const { plan } = site;
  await ensureDir(join(folder, 'box'));
  const there = boxFile(site);
  if (there !== undefined) await copyBox(there, join(folder, file), plan.box.sha256);
  else {
    await ensureBox(site, emit, signal);
    await repackage(site, folder, signal);
  }
  const isPublic = plan.box.name === undefined && plan.box.url === undefined;
  return { name: boxName(plan), provider: plan.provider, file, isPublic };
};

/** A rough measure, for the question whether there is room. */
export const boxBytes = async (site: LabSite): Promise<number> => {
  const there = boxFile(site);
  return there !== undefined && (await exists(there)) ? (await stat(there)).size : 1e9;
};
