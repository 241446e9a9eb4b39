import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { run } from '../../host/command.js';
import { exists, namesIn, readIfAny } from '../../host/files.js';
import type { Plan } from '../../model/plan.js';
import { hierarchies } from '../../providers/container/cgroups.js';
import { missingPackages } from '../../providers/container/host-packages.js';
import { labsFolder, stateFolder } from '../../providers/container/names.js';
import { type ProviderFacts, providerFacts } from '../detect-provider.js';

/** What this computer is and has, as far as labs care; gathered first, judged by pure rules afterwards. */
export interface ComputerState extends ProviderFacts {
  readonly nodeVersion: string;
  readonly root: boolean;
  readonly kernel: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly freeMemoryMb: number;
  /** Free where containers keep their disks, and where the lab folder is. */
  readonly freeDiskMb: number;
  readonly freeLabDiskMb: number;
  /** Whether a base is there already, so that no download is needed. */
  readonly hasBase: boolean;
  readonly missingPackages: readonly string[];
  /** `v1`, `v2` or none. */
  readonly cgroups: 'v1' | 'v2' | 'none';
  readonly overlay: boolean;
  /** Ids of labs that have something on this computer. */
  readonly labIds: readonly string[];
  readonly virtualboxVersion?: string | undefined;
  readonly vagrantVersion?: string | undefined;
  /** The text of /etc/vbox/networks.conf. */
  readonly vboxNetworks?: string | undefined;
  readonly kvmLoaded: boolean;
  /** Of the lab that doctor stands in, when there is one: what is on this computer of it. */
  readonly leftovers: readonly string[];
}

const megabytes = (bytes: number): number => Math.floor(bytes / 2 ** 20);

export const gatherFacts = async (
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
  plan: Plan | undefined,
  leftovers: readonly string[],
): Promise<ComputerState> => {
  const linux = process.platform === 'linux';
  const programs = await providerFacts(env);
  const viaVagrant = plan !== undefined && plan.provider !== 'container';
  return {
    ...programs,
    nodeVersion: process.versions.node,
    root: process.getuid?.() === 0,
    kernel: release(),
    cores: availableParallelism(),
    memoryMb: megabytes(totalmem()),
    freeMemoryMb: linux ? await availableMb() : megabytes(freemem()),
    freeDiskMb: await freeMb((await exists(stateFolder)) ? stateFolder : '/var/lib'),
    freeLabDiskMb: await freeMb(folder),
    hasBase: (await namesIfAny(`${stateFolder}/bases`)).some((name) => !name.startsWith('.')),
    missingPackages: linux ? await missingPackages() : [],
    cgroups: linux ? await cgroupVersion() : 'none',
    overlay: ((await readIfAny('/proc/filesystems').catch(() => undefined)) ?? '').includes('overlay'),
    labIds: await namesIfAny(labsFolder),
    virtualboxVersion: viaVagrant && programs.virtualbox ? await versionOf(['VBoxManage', '--version']) : undefined,
    vagrantVersion: viaVagrant && programs.vagrant ? await versionOf(['vagrant', '--version']) : undefined,
    vboxNetworks: await readIfAny('/etc/vbox/networks.conf').catch(() => undefined),
    kvmLoaded: await exists('/sys/module/kvm').catch(() => false),
    leftovers,
  };
};

const namesIfAny = (folder: string): Promise<string[]> => namesIn(folder).catch(() => []);

/** Cached files count as free: the kernel gives them up. */
const availableMb = async (): Promise<number> => {
  const line = /^MemAvailable:\s+(\d+) kB/m.exec((await readIfAny('/proc/meminfo')) ?? '');
  return line ? Math.floor(Number(line[1]) / 1024) : megabytes(freemem());
};

const freeMb = async (folder: string): Promise<number> => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return megabytes(bavail * bsize);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

const cgroupVersion = async (): Promise<ComputerState['cgroups']> => {
  const all = await hierarchies();
  if (all.length === 0) return 'none';
  return all.every(({ version }) => version === 2) ? 'v2' : 'v1';
};

/** The first version number a program says; Vagrant must not ask the network for a newer one. */
const versionOf = async (argv: readonly string[]): Promise<string | undefined> => {
  const env = { VAGRANT_CHECKPOINT_DISABLE: '1' };
  const result = await run(argv, { timeoutMs: 20_000, env }).catch(() => undefined);
  return /\d+\.\d+(?:\.\d+)?/.exec(result?.stdout ?? '')?.[0];
};
