import { namesIn, readIfAny } from '../../host/files.js';
import { homeFolder, useHome } from '../../host/home.js';
import { type GoneLab, goneLabs } from '../../host/lab-owners.js';
import { boundsProcesses } from '../../providers/container/bounds-trial.js';
import { hierarchies } from '../../providers/container/cgroups.js';
import { noImages } from '../../providers/container/disk-image.js';
import { missingPackages } from '../../providers/container/host-packages.js';
import { noUserNamespaces } from '../../providers/container/isolation.js';
import { noLayers } from '../../providers/container/layers-trial.js';
import { basesFolder, homeOf, labsFolder } from '../../providers/container/names.js';
import { tooFewFiles } from '../../providers/container/open-files.js';
import { ageOf } from '../../providers/container/renew.js';
import type { LabSite } from '../../providers/provider.js';
import { freeMb } from './free-space.js';

/** What containers need of this computer. */
export interface ContainerState {
  /** Free where containers keep their disks. */
  readonly freeDiskMb: number;
  /** Whether a base is there already, so that no download is needed. */
  readonly hasBase: boolean;
  /** Days since the oldest base was built; undefined when there is none. */
  readonly baseDays?: number | undefined;
  readonly missingPackages: readonly string[];
  /** `v1`, `v2` or none. */
  readonly cgroups: 'v1' | 'v2' | 'none';
  readonly overlay: boolean;
  /** What came of keeping a machine apart from this computer; not there where that can't be tried (not root, packages missing). */
  readonly apart?: Apart | undefined;
  /** Where machines and what they are made from lie. */
  readonly home: string;
  /** Why machines can't open as many files as they need; undefined when they can. */
  readonly tooFewFiles?: string | undefined;
  /** Why machines can't lie there; undefined when they can, or where that can't be tried. */
  readonly noLayers?: string | undefined;
  /** Ids of labs that have something on this computer. */
  readonly labIds: readonly string[];
  /** Of those the ones whose folder is gone. */
  readonly goneLabs: readonly GoneLab[];
}

export interface Apart {
  /** Why machines can't have user namespaces of their own; undefined when they can. */
  readonly noUserNamespaces: string | undefined;
  /** Whether a machine can be held to a number of processes. */
  readonly boundsProcesses: boolean;
  /** Why a machine's disk can't be a file of its own, which has an end; undefined when it can. */
  readonly noImages: string | undefined;
}

const tryApart = async (): Promise<Apart> => ({
  noUserNamespaces: await noUserNamespaces(),
  boundsProcesses: await boundsProcesses(),
  noImages: await noImages(),
});

export const containerState = async (site?: LabSite): Promise<ContainerState> => {
  if (site) useHome(homeOf(site));
  const linux = process.platform === 'linux';
  const lacking = linux ? await missingPackages() : [];
  const cgroups = linux ? await cgroupVersion() : 'none';
  const canTry = linux && process.getuid?.() === 0 && lacking.length === 0 && cgroups !== 'none';
  return {
    freeDiskMb: await freeMb(homeFolder()),
    hasBase: (await baseNames()).length > 0,
    baseDays: await oldestDays(),
    missingPackages: lacking,
    cgroups,
    overlay: ((await readIfAny('/proc/filesystems').catch(() => undefined)) ?? '').includes('overlay'),
    home: homeFolder(),
    noLayers: canTry ? await noLayers().catch(() => undefined) : undefined,
    tooFewFiles: canTry ? await tooFewFiles().catch(() => undefined) : undefined,
    apart: canTry ? await tryApart().catch(() => undefined) : undefined,
    labIds: await namesIfAny(labsFolder),
    goneLabs: await goneLabs(),
  };
};

const baseNames = async (): Promise<string[]> =>
  (await namesIfAny(basesFolder())).filter((name) => !name.startsWith('.'));

const oldestDays = async (): Promise<number | undefined> => {
  const ages = await Promise.all((await baseNames()).map((name) => ageOf(name)));
  const known = ages.filter((days) => days !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

const namesIfAny = (folder: string): Promise<string[]> => namesIn(folder).catch(() => []);

const cgroupVersion = async (): Promise<ContainerState['cgroups']> => {
  const all = await hierarchies();
  if (all.length === 0) return 'none';
  return all.every(({ version }) => version === 2) ? 'v2' : 'v1';
};
