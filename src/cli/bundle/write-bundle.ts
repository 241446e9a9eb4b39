import { copyFile } from 'node:fs/promises';
import { machine as unameMachine, type as unameSystem } from 'node:os';
import { dirname, join } from 'node:path';
import { isCaller } from '../../host/caller.js';
import { exists, filesBelow, freeBytes, writeFileAtomic } from '../../host/files.js';
import { ownerNow } from '../../host/lab-owners.js';
import { createFolder } from '../../host/new-folder.js';
import { ComputerError, InputError, InterruptedError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import { traitsOf } from '../../model/provider-traits.js';
import { ensureBases } from '../../providers/container/bases.js';
import { hostPackages, requireHost } from '../../providers/container/host-packages.js';
import { step } from '../../providers/container/step.js';
import type { LabSite } from '../../providers/provider.js';
import { aboutBundle, aboutFile, type BundleFacts, bundleReadme, needsNetwork, sumsFile } from '../../render/bundle.js';
import { shipped } from '../shipped.js';
import { version } from '../version.js';
import { packBase, packer, unpackedBytes } from './base-archive.js';
import { boxBytes, packBox } from './box-file.js';
import { bundleKind } from './kind.js';
import { copyLab } from './lab-copy.js';
import { nodePackages, requireOwnLibraries } from './node-binary.js';
import { fetchPackages, hasApt, packageBytes } from './packages.js';
import { copyProgram, programBytes } from './program.js';
import { sha256Of, sumsOf } from './sums.js';

export interface BundleOptions {
  readonly replace: boolean;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Writes everything that a workstation without a network needs for a lab, as one folder: whole or not at all. Returns its digest:
 * who knows that can tell whether a bundle is this one.
 */
export const writeBundle = async (site: LabSite, folder: string, options: BundleOptions): Promise<string> => {
  if (site.trusted !== true) await requireOwnPlace(folder);
  let digest = '';
  const write = async (temporary: string) => {
    await fill(site, temporary, options);
    digest = await sha256Of(join(temporary, sumsFile));
  };
  await createFolder(bundleKind, folder, write, options);
  return digest;
};

/** Programs of this computer write there by its path: who owns the folder could lead them anywhere meanwhile. */
const requireOwnPlace = async (folder: string): Promise<void> => {
  const place = (await exists(folder)) ? folder : dirname(folder);
  if (!(await exists(place))) return requireOwnPlace(place);
  const { uid } = await ownerNow(place);
  if (uid === 0 || isCaller(uid)) return;
  throw new InputError(`${place} is user ${uid}'s, who could lead what is written there anywhere.`, {
    hint: 'Write the bundle to a folder of your own; --trust writes it there all the same.',
  });
};

const fill = async (site: LabSite, folder: string, options: BundleOptions): Promise<void> => {
  const { emit } = options;
  const isBuilt = traitsOf(site.plan).madeFrom === 'base';
  if (isBuilt) await requireHost();
  if (isBuilt) await ensureBases(site, emit, options.signal);
  await requireRoom(site, folder);
  const part = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (options.signal.aborted) throw new InterruptedError();
    return step(emit, name, work);
  };
  const { node } = process.versions;
  await part(`copy Quintet and Node.js ${node}`, () => copyProgram(join(folder, 'quintet')));
  const carried = isBuilt
    ? await ofContainers(site, folder, options, part)
    : await ofVagrant(site, folder, options, part);
  await part('copy the lab', () => takeLab(site, folder, emit));
  const uname = `${unameSystem()} ${unameMachine()}`;
  const facts: BundleFacts = { quintet: version(), node, uname, lab: site.plan.name, ...carried };
  await part('write the checksums', () => finish(folder, facts));
};

type Part = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const ofContainers = async (
  site: LabSite,
  folder: string,
  { emit, signal }: BundleOptions,
  part: Part,
): Promise<Pick<BundleFacts, 'packages' | 'base'>> => {
  const withApt = await hasApt();
  if (!withApt) await requireOwnLibraries();
  const unpacker = (await packer()).ending === 'zst' ? ['zstd'] : [];
  const names = [...new Set([...hostPackages, ...unpacker, ...(await nodePackages())])].sort();
  const packages = withApt
    ? await part('fetch the packages', () => fetchPackages(names, join(folder, 'packages'), emit, signal))
    : undefined;
  if (!packages)
    emit({ type: 'note', text: `There is no apt-get here, so the bundle has no packages: ${names.join(', ')}.` });
  const base = await part('pack the base', () => packBase(site.plan, folder, signal));
  return { base, ...(packages ? { packages } : {}) };
};

const ofVagrant = async (
  site: LabSite,
  folder: string,
  { emit, signal }: BundleOptions,
  part: Part,
): Promise<Pick<BundleFacts, 'box'>> => {
  await requireOwnLibraries();
  const box = await part('pack the box', () => packBox(site, folder, emit, signal));
  if (box.isPublic) emit({ type: 'note', text: needsNetwork(box) });
  return { box };
};

const takeLab = async (site: LabSite, folder: string, emit: Emit): Promise<void> => {
  const left = await copyLab(site.folder, join(folder, 'lab'));
  if (left.length > 0) emit({ type: 'note', text: `Only plain files are taken along, and not: ${left.join(', ')}` });
};

/** What tells about all the rest; the checksums are the last file there is. */
const finish = async (folder: string, facts: BundleFacts): Promise<void> => {
  await copyFile(join(shipped('templates'), 'bundle', 'install.sh'), join(folder, 'install.sh'));
  await writeFileAtomic(join(folder, 'README.md'), bundleReadme(facts));
  const others = await filesBelow(folder);
  await writeFileAtomic(join(folder, aboutFile), aboutBundle(facts, others.length + 1));
  await writeFileAtomic(join(folder, sumsFile), await sumsOf(folder));
};

/** What a base shrinks to when it is packed, at most. */
const packedShare = 0.4;

const requireRoom = async (site: LabSite, folder: string): Promise<void> => {
  const isBuilt = traitsOf(site.plan).madeFrom === 'base';
  const system = isBuilt ? packageBytes * 2 + packedShare * (await unpackedBytes(site.plan)) : await boxBytes(site);
  const needed = (await programBytes()) + system;
  const free = await freeBytes(folder);
  if (free >= needed) return;
  const shown = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new ComputerError(`The bundle needs about ${shown(needed)}, and ${shown(free)} are free there.`, {
    hint: 'Free some space, or name a folder on another disk: quintet bundle DIR',
  });
};
